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

/** The machine's timers; their grain is about 2 ms. */
export const systemTimers: Timers = {
  after(delay, run) {
    const id = setTimeout(run, Math.max(0, delay));
    return { cancel: () => clearTimeout(id) };
  },
};

/** The machine's timers, of a kind that does not keep the process alive: what waits when all else is done never fires. */
export const backgroundTimers: Timers = {
  after(delay, run) {
    const id = setTimeout(run, Math.max(0, delay));
    Deno.unrefTimer(id);
    return { cancel: () => clearTimeout(id) };
  },
};

/** Randomness fit for keys and tokens. */
export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  uint32: () => crypto.getRandomValues(new Uint32Array(1))[0],
};
