/**
 * Statistics of round-trip times, gathered one by one (Welford's method for the deviation).
 *
 * @module
 */

/** Below this many milliseconds, times are written in microseconds. */
const MICROSECONDS_BELOW = 0.1;

/** Minimum, mean, maximum and deviation of round-trip times. */
export class RoundTripStatistics {
  #count = 0;
  #min = Infinity;
  #max = 0;
  #mean = 0;
  #squares = 0;

  /** Returns how many times there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds one, in milliseconds. */
  add(time: number): void {
    this.#count += 1;
    if (time < this.#min) this.#min = time;
    if (time > this.#max) this.#max = time;
    const off = time - this.#mean;
    this.#mean += off / this.#count;
    this.#squares += off * (time - this.#mean);
  }

  /** Returns minimum, mean, maximum and deviation in milliseconds; without a deviation where there is a single time. */
  data(): Readonly<Record<string, number>> {
    if (this.#count === 0) return {};
    const bounds = { min: this.#min, avg: this.#mean, max: this.#max };
    return this.#count === 1 ? bounds : { ...bounds, mdev: this.#deviation };
  }

  get #deviation(): number {
    return this.#count === 1 ? 0 : Math.sqrt(this.#squares / (this.#count - 1));
  }

  /**
   * Returns the line of the summary, or undefined where there is nothing to sum up. The deviation is the sample standard deviation,
   * zero of a single time.
   *
   * @example
   * ```ts
   * import { RoundTripStatistics } from "./round_trips.ts";
   * import assert from "node:assert/strict";
   * const times = new RoundTripStatistics();
   * for (const time of [0.181, 0.085]) times.add(time);
   * assert.equal(times.line(), "rtt min/avg/max/mdev = 0.085/0.133/0.181/0.068 ms");
   * ```
   */
  line(): string | undefined {
    if (this.#count === 0) return undefined;
    const [scale, unit] = this.#mean < MICROSECONDS_BELOW ? [1000, "µs"] : [1, "ms"];
    const values = [this.#min, this.#mean, this.#max, this.#deviation].map((value) =>
      (value * scale).toFixed(3)
    );
    return `rtt min/avg/max/mdev = ${values.join("/")} ${unit}`;
  }
}

/** Writes a round-trip time with three decimals and its unit, from milliseconds. */
export function roundTripText(time: number): string {
  return time < MICROSECONDS_BELOW ? `${(time * 1000).toFixed(3)} µs` : `${time.toFixed(3)} ms`;
}
