/**
 * The timers of a process that sleeps in a call of its own: it asks when the next one is due, and fires those that are.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";
import { EventQueue } from "./event_queue.ts";

/** Cancelled timers that may wait in the queue, beyond as many as there are others. */
const GARBAGE = 1024;

class Armed implements Timer {
  constructor(
    private readonly queue: TimerQueue,
    readonly id: number,
    public run: (() => void) | undefined,
  ) {}

  cancel(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.queue.disarm(this);
  }
}

/**
 * Timers in the order in which they are due.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import { TimerQueue } from "./timer_queue.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const timers = new TimerQueue(time);
 * const fired: string[] = [];
 * timers.after(20, () => fired.push("late"));
 * timers.after(10, () => fired.push("early"));
 * assert.equal(timers.next, 10);
 * time.advance(15);
 * timers.fire();
 * assert.deepEqual([fired, timers.next], [["early"], 20]);
 * ```
 */
export class TimerQueue implements Timers {
  readonly #queue = new EventQueue();
  /** By id; a cancelled timer leaves a hole until its time comes. */
  readonly #armed: (Armed | undefined)[] = [];
  readonly #free: number[] = [];
  #cancelled = 0;

  constructor(private readonly clock: Clock) {}

  /** Returns the time of the clock at which the next timer is due; infinity when there is none. */
  get next(): number {
    const queue = this.#queue;
    while (queue.length > 0 && this.#armed[queue.first] === undefined) {
      this.#free.push(queue.pop());
      this.#cancelled--;
    }
    return queue.time;
  }

  /** Returns how many places there are, of timers and of cancelled ones. */
  get held(): number {
    return this.#armed.length;
  }

  after(delay: number, run: () => void): Timer {
    const id = this.#free.pop() ?? this.#armed.length;
    const timer = new Armed(this, id, run);
    this.#armed[id] = timer;
    this.#queue.push(this.clock.now() + (delay > 0 ? delay : 0), id);
    return timer;
  }

  /** Fires what is due, but for what is asked for meanwhile. */
  fire(): void {
    const now = this.clock.now();
    if (this.next > now) return;
    const due: Armed[] = [];
    while (this.next <= now) {
      const id = this.#queue.pop();
      const timer = this.#armed[id];
      this.#armed[id] = undefined;
      this.#free.push(id);
      if (timer) due.push(timer);
    }
    for (const timer of due) {
      const { run } = timer;
      timer.run = undefined;
      run?.();
    }
  }

  /** The timer does not fire; for {@link Timer.cancel}. */
  disarm(timer: Armed): void {
    // One that is about to fire has left the queue, and its id may be another's.
    if (this.#armed[timer.id] !== timer) return;
    this.#armed[timer.id] = undefined;
    this.#cancelled++;
    if (2 * this.#cancelled < this.#queue.length + GARBAGE) return;
    this.#queue.filter((one) => {
      if (this.#armed[one]) return true;
      this.#free.push(one);
      return false;
    });
    this.#cancelled = 0;
  }
}
