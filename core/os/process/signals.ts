/**
 * The signals that ask a program to stop. (The runtime ignores SIGPIPE by itself: a write to a closed pipe is an error.)
 *
 * @module
 */

/** Signals that mean: stop. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const satisfies Deno.Signal[];

/** One of {@link STOP_SIGNALS}. */
export type StopSignal = typeof STOP_SIGNALS[number];

/**
 * Calls `run` each time one of them arrives, in place of what it does by itself.
 *
 * @returns what undoes it
 */
export function onStopSignal(run: (signal: StopSignal) => void): () => void {
  const undo = STOP_SIGNALS.map((signal) => {
    const listener = () => run(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => undo.forEach((one) => one());
}
