/**
 * Estimates how long an acknowledgement takes, and when it is overdue (after RFC 6298).
 *
 * @module
 */
import { RoundTripEstimator } from "../../kit/round_trip_estimator.ts";
import { FIRST_TIMEOUT, MAX_BACKED_OFF, MAX_TIMEOUT, MIN_TIMEOUT } from "../constants.ts";

/** Milliseconds that timers are coarse by. */
const GRAIN = 5;
/** The shortest time-out is never longer. */
const LONGEST_LEAST = 1000;
/** So long the shortest round trip is remembered at least, in milliseconds. */
const SHORTEST_LIFE = 10_000;

/**
 * The estimate of one flow end.
 *
 * @example
 * ```ts
 * import { RoundTrip } from "./round_trip.ts";
 * import assert from "node:assert/strict";
 * const trip = new RoundTrip();
 * assert.equal(trip.timeout, 250);
 * trip.measured(100, 0);
 * assert.equal(trip.timeout, 300);
 * trip.backOff();
 * assert.equal(trip.timeout, 600);
 * trip.recovered();
 * assert.equal(trip.timeout, 300);
 * ```
 */
export class RoundTrip extends RoundTripEstimator {
  /** The shortest of late; infinity before the first measurement. */
  shortest = Infinity;
  /** Milliseconds after which an acknowledgement is overdue. */
  timeout = FIRST_TIMEOUT;
  #estimate = FIRST_TIMEOUT;
  /** No time-out is shorter. */
  #least = MIN_TIMEOUT;
  #recent = Infinity;
  #since = 0;

  /** Takes the milliseconds after which a packet that was sent once was acknowledged. */
  measured(sample: number, now: number): void {
    this.sample(sample);
    if (now - this.#since > SHORTEST_LIFE) {
      this.shortest = this.#recent;
      this.#recent = Infinity;
      this.#since = now;
    }
    this.#recent = Math.min(this.#recent, sample);
    this.shortest = Math.min(this.shortest, sample);
    const timeout = this.smoothed + Math.max(GRAIN, 4 * this.variation);
    this.#least = Math.max(MIN_TIMEOUT, 0.95 * this.#least);
    this.timeout = this.#estimate = Math.min(MAX_TIMEOUT, Math.max(this.#least, timeout));
  }

  /** Waits no longer than before {@link backOff}, as something was acknowledged. */
  recovered(): void {
    this.timeout = Math.max(this.#estimate, this.#least);
  }

  /** Lengthens the time-out, as what was sent again had arrived; nothing was measured that says so. */
  tooShort(factor: number): void {
    this.#least = Math.min(LONGEST_LEAST, factor * this.#least);
    this.timeout = Math.max(this.timeout, this.#least);
  }

  /** Waits twice as long, as nothing was acknowledged. */
  backOff(): void {
    this.timeout = Math.min(Math.max(MAX_BACKED_OFF, this.#estimate), 2 * this.timeout);
  }
}
