/**
 * The machine's clock, timers and randomness, for daemons and tools.
 *
 * @module
 */
import type { Clock, Random, Timers } from "../contract/ports.ts";

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
};

/** The longest time that the runtime's timers can wait, in milliseconds: a number of 31 bits. */
const LONGEST = 2 ** 31 - 1;

/**
 * Makes timers that wait any time, in as many parts as that takes.
 *
 * @param start starts a timer of the runtime
 * @param stop stops it
 */
export function timersOver<Id>(
  start: (run: () => void, delay: number) => Id,
  stop: (id: Id) => void,
): Timers {
  return {
    after(delay, run) {
      let id: Id;
      const wait = (left: number) => {
        id = left > LONGEST ? start(() => wait(left - LONGEST), LONGEST) : start(run, Math.max(0, left));
      };
      wait(delay);
      return { cancel: () => stop(id) };
    },
  };
}

/** The machine's timers; their grain is about 2 ms. */
export const systemTimers: Timers = timersOver((run, delay) => setTimeout(run, delay), clearTimeout);

/** The machine's timers, of a kind that does not keep the process alive: what waits when all else is done never fires. */
export const backgroundTimers: Timers = timersOver((run, delay) => {
  const id = setTimeout(run, delay);
  Deno.unrefTimer(id);
  return id;
}, clearTimeout);

/** Randomness fit for keys and tokens. */
export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  uint32: () => crypto.getRandomValues(new Uint32Array(1))[0],
};
