/**
 * The machine's clock, timers and randomness, for daemons and tools.
 *
 * @module
 */
import type { Clock, Random, Timer, Timers } from "../contract/ports.ts";
import { TimerQueue } from "../kit/timer_queue.ts";

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

/** Those of the runtime, whatever is put in their place later. */
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;
const runtimeTimers: Timers = timersOver((run, delay) => startTimer(run, delay), stopTimer);
let timers = runtimeTimers;

/** The machine's timers; their grain is about 2 ms. */
export const systemTimers: Timers = { after: (delay, run) => timers.after(delay, run) };

/**
 * Timers of the machine that can also be fired by who waits within a turn of the event loop: one timer of the runtime for all of them.
 */
export class QueuedTimers implements Timers {
  readonly #queue = new TimerQueue(systemClock);
  #timer: Timer | undefined;
  #armed = Infinity;

  /** Returns the time of the clock at which the next timer is due; infinity when there is none. */
  get next(): number {
    return this.#queue.next;
  }

  after(delay: number, run: () => void): Timer {
    const timer = this.#queue.after(delay, run);
    this.#arm();
    return {
      cancel: () => {
        timer.cancel();
        if (this.#queue.next === Infinity) this.#arm();
      },
    };
  }

  /** Fires what is due. */
  readonly fire = (): void => {
    this.#queue.fire();
    this.#arm();
  };

  #arm(): void {
    const { next } = this.#queue;
    // One that is too early fires for nothing and is armed again.
    if (next >= this.#armed && next !== Infinity) return;
    this.#timer?.cancel();
    this.#armed = next;
    this.#timer = next === Infinity ? undefined : runtimeTimers.after(next - systemClock.now(), () => {
      this.#armed = Infinity;
      this.#timer = undefined;
      this.fire();
    });
  }
}

/** The timers of the flows of this process. */
export const flowTimers: QueuedTimers = new QueuedTimers();

/**
 * Lets {@link systemTimers} be {@link flowTimers}: in a process that sleeps in a call of its own, which fires them, or that has many of
 * them.
 */
export function queueTimers(): void {
  timers = flowTimers;
}

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
