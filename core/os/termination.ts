/**
 * The signals that ask a program to end.
 *
 * @module
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `run` for each signal that asks the program to end, in place of what the signal does by itself. Returns what undoes it. */
export function onTermination(run: () => void): () => void {
  for (const signal of SIGNALS) Deno.addSignalListener(signal, run);
  return () => {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, run);
  };
}
