/**
 * Notes when timers of the runtime are due, which its descriptor does not tell: those of plugins and libraries.
 *
 * @module
 */
import type { Timer, Timers } from "../../contract/ports.ts";

type Start<Id> = (run: (...values: unknown[]) => void, delay?: number, ...values: unknown[]) => Id;

/** The least that the runtime waits between two calls, in milliseconds. */
const LEAST = 1;

/**
 * Lets `due` be called when a timer that is started from now on is due, or a little before.
 *
 * @returns what ends that
 */
export function watchRuntimeTimers(timers: Timers, due: () => void): () => void {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const noted = new Map<unknown, Timer>();
  const forget = (id: unknown) => {
    noted.get(id)?.cancel();
    noted.delete(id);
  };
  const once = (id: unknown, delay: number) => {
    noted.set(
      id,
      timers.after(delay, () => {
        noted.delete(id);
        due();
      }),
    );
  };
  const again = (id: unknown, delay: number) => {
    noted.set(
      id,
      timers.after(delay, () => {
        again(id, delay);
        due();
      }),
    );
  };
  const noting =
    <Id>(start: Start<Id>, note: (id: unknown, delay: number) => void): Start<Id> =>
    (run, delay, ...values) => {
      const id = start(run, delay, ...values);
      note(id, Math.max(LEAST, Number(delay) || 0));
      return id;
    };
  Object.assign(globalThis, {
    setTimeout: noting(setTimeout, once),
    setInterval: noting(setInterval, again),
    clearTimeout: (id?: number) => {
      forget(id);
      clearTimeout(id);
    },
    clearInterval: (id?: number) => {
      forget(id);
      clearInterval(id);
    },
  });
  return () => Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
}
