/**
 * A line of limited rate with a queue in front of it.
 *
 * @module
 */
import { Departures } from "./departures.ts";

/**
 * A line. Times are milliseconds.
 *
 * @example
 * ```ts
 * import { LimitedLine } from "./limited_line.ts";
 * import assert from "node:assert/strict";
 * const line = new LimitedLine(8000, 2);
 * assert.deepEqual([line.send(100, 0), line.send(100, 0), line.send(100, 0)], [100, 200, Infinity]);
 * assert.deepEqual([line.waiting(50), line.waiting(150)], [2, 1]);
 * ```
 */
export class LimitedLine {
  readonly #departures: Departures;
  #free = 0;

  /**
   * @param rate bits a second
   * @param most packets that may wait, the one that is being sent included
   */
  constructor(private readonly rate: number, private readonly most: number) {
    this.#departures = new Departures(most);
  }

  /** Returns how many packets wait, the one that is being sent included. */
  waiting(now: number): number {
    return this.#departures.waiting(now);
  }

  /** When no more than `level` of the packets that wait now are left; more than `level` must wait. */
  timeOf(level: number): number {
    return this.#departures.timeOf(level);
  }

  /** A packet of `length` bytes comes. Returns when its last bit is out; infinity: too many wait, and it is lost. */
  send(length: number, now: number): number {
    if (this.#departures.waiting(now) >= this.most) return Infinity;
    this.#free = Math.max(this.#free, now) + 8000 * length / this.rate;
    this.#departures.push(this.#free);
    return this.#free;
  }
}
