/**
 * Several deadlines of one owner on one timer: a timer of the machine costs more than a packet.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";

/**
 * A time for each kind of deadline; kinds are the numbers from 0 on. A deadline that is put off costs no timer: the timer fires
 * early and is armed again. Deadlines that fall together are met in the order of their kinds.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import { DeadlineQueue } from "./deadline_queue.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const met: number[][] = [];
 * const deadlines = new DeadlineQueue(2, time, time, (kind, now) => met.push([kind, now]));
 * deadlines.set(1, 30);
 * deadlines.set(0, 5);
 * deadlines.set(1, 40);
 * time.advance(100);
 * assert.deepEqual(met, [[0, 5], [1, 40]]);
 * ```
 */
export class DeadlineQueue<Kind extends number = number> {
  readonly #at: Float64Array;
  #timer: Timer | undefined;
  #armed = Infinity;
  #firing = false;
  #stopped = false;

  /**
   * @param kinds how many kinds there are
   * @param met called when a deadline has come, after it was cleared
   */
  constructor(
    kinds: number,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly met: (kind: Kind, now: number) => void,
  ) {
    this.#at = new Float64Array(kinds).fill(Infinity);
  }

  /** Sets the deadline to a time of the clock, in place of any earlier setting. */
  set(kind: Kind, at: number): void {
    this.#at[kind] = at;
    if (at < this.#armed && !this.#firing) this.#arm(at);
  }

  /** Sets the deadline unless it is set to an earlier time. */
  setEarlier(kind: Kind, at: number): void {
    if (at < this.#at[kind]) this.set(kind, at);
  }

  /** Takes the deadline away. */
  clear(kind: Kind): void {
    this.#at[kind] = Infinity;
  }

  /** Returns the time of the deadline; infinity: it is not set. */
  time(kind: Kind): number {
    return this.#at[kind];
  }

  /** Takes all deadlines away, for good. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(at: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#armed = at;
    this.#timer = this.timers.after(at - this.clock.now(), this.#fired);
  }

  readonly #fired = (): void => {
    this.#armed = Infinity;
    this.#firing = true;
    const now = this.clock.now();
    const at = this.#at;
    for (let kind = 0; kind < at.length; kind++) {
      if (at[kind] > now || this.#stopped) continue;
      at[kind] = Infinity;
      this.met(kind as Kind, now);
    }
    this.#firing = false;
    let next = Infinity;
    for (let kind = 0; kind < at.length; kind++) next = Math.min(next, at[kind]);
    if (next !== Infinity) this.#arm(next);
  };
}
