/**
 * When the packets that wait to be sent on a line of limited rate are out.
 *
 * @module
 */

/** Times, in ascending order, of a bounded number of packets. */
export class Departures {
  readonly #times: Float64Array;
  #first = 0;
  #length = 0;

  /** @param limit packets that may wait */
  constructor(limit: number) {
    this.#times = new Float64Array(limit);
  }

  /** Returns how many packets wait at time `now`. */
  waiting(now: number): number {
    while (this.#length > 0 && this.#times[this.#first] <= now) {
      this.#first = (this.#first + 1) % this.#times.length;
      this.#length--;
    }
    return this.#length;
  }

  /** A packet waits until `time`; there must be room. */
  push(time: number): void {
    this.#times[(this.#first + this.#length++) % this.#times.length] = time;
  }

  /** When no more than `level` of those that wait now are left. */
  timeOf(level: number): number {
    return this.#times[(this.#first + this.#length - level - 1) % this.#times.length];
  }
}
