/**
 * Estimates how long a round trip takes and how much that varies (RFC 6298).
 *
 * @module
 */

/**
 * Smooths measured round trips, in milliseconds.
 *
 * @example
 * ```ts
 * import { RoundTripEstimator } from "./round_trip_estimator.ts";
 * import assert from "node:assert/strict";
 * const trips = new RoundTripEstimator();
 * trips.sample(100);
 * trips.sample(20);
 * assert.deepEqual([trips.smoothed, trips.variation], [90, 57.5]);
 * ```
 */
export class RoundTripEstimator {
  #smoothed = 0;
  #variation = 0;

  /** Returns the smoothed round trip; 0 before the first measurement. */
  get smoothed(): number {
    return this.#smoothed;
  }

  /** Returns the smoothed deviation from the smoothed round trip. */
  get variation(): number {
    return this.#variation;
  }

  /** Adds the measurement of one round trip. */
  sample(time: number): void {
    if (this.#smoothed === 0) {
      this.#smoothed = Math.max(time, 0.001);
      this.#variation = time / 2;
    } else {
      this.#variation += (Math.abs(this.#smoothed - time) - this.#variation) / 4;
      this.#smoothed += (time - this.#smoothed) / 8;
    }
  }
}
