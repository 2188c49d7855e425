/**
 * Virtual time for one core at a time: what tests hand to it for clock and timers.
 *
 * @module
 */
import { Scheduler } from "./scheduler.ts";

/**
 * Clock and timers that pass only when told to, with the questions that tests ask.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "./virtual_time.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const fired: number[] = [];
 * time.after(20, () => fired.push(time.now()));
 * time.after(10, () => fired.push(time.now()));
 * assert.equal(time.armed, 2);
 * assert.equal(time.settle(100), true);
 * assert.deepEqual([fired, time.now()], [[10, 20], 20]);
 * ```
 */
export class VirtualTime extends Scheduler {
  /** Returns how many timers are armed. */
  get armed(): number {
    return this.waiting;
  }

  /**
   * Fires timers until none is armed, or until `limit` milliseconds have passed.
   *
   * @returns whether none is armed any more
   */
  settle(limit: number): boolean {
    return this.armed === 0 || this.runUntil(this.now() + limit, () => this.armed === 0);
  }
}
