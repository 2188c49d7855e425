/**
 * The signals that ask a program to stop. (The runtime ignores SIGPIPE by itself: a write to a closed pipe is an error.)
 *
 * @module
 */

/** Signals that mean: stop. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const satisfies Deno.Signal[];

/** One of {@link STOP_SIGNALS}. */
export type StopSignal = typeof STOP_SIGNALS[number];

const NUMBERS: Record<StopSignal, bigint> = { SIGHUP: 1n, SIGINT: 2n, SIGQUIT: 3n, SIGTERM: 15n };

/** Those that this process was started to ignore, as by `nohup`; known before the runtime has changed what they do. */
let ignored: ReadonlySet<StopSignal> | undefined;

/**
 * Calls `run` each time one of them arrives, in place of what it does by itself. A signal that was ignored at the start of the
 * process stays ignored.
 *
 * @returns what undoes it
 */
export function onStopSignal(run: (signal: StopSignal) => void): () => void {
  if (!ignored) {
    ignored = ignoredSignals();
    // The first listener for a signal makes the runtime take all of them over: these go on to do nothing.
    for (const signal of ignored) Deno.addSignalListener(signal, () => {});
  }
  const taken = STOP_SIGNALS.filter((signal) => !ignored?.has(signal));
  const undo = taken.map((signal) => {
    const listener = () => run(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return () => undo.forEach((one) => one());
}

function ignoredSignals(): Set<StopSignal> {
  let status: string;
  try {
    status = Deno.readTextFileSync("/proc/self/status");
  } catch {
    // A system without /proc does not tell, and to stop is what signals are usually for.
    return new Set();
  }
  const mask = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  return new Set(STOP_SIGNALS.filter((signal) => (mask >> (NUMBERS[signal] - 1n) & 1n) === 1n));
}
