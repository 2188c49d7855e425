/**
 * How long answers take, and so how long to wait for one: the estimator of RFC 6298 over all nodes asked.
 *
 * @module
 */

const FIRST = 50;
const LEAST = 40;
const MOST = 1000;

/** Learns how long answers take. Times are milliseconds. */
export class RoundTrips {
  #smoothed = 0;
  #variation = 0;
  #timeout = FIRST;

  /** How long to wait before a request is repeated. */
  get timeout(): number {
    return this.#timeout;
  }

  /** The smoothed time that answers take; 0: none has come. */
  get mean(): number {
    return this.#smoothed;
  }

  /** An answer took so long. */
  sample(time: number): void {
    if (this.#smoothed === 0) {
      this.#smoothed = Math.max(time, 0.001);
      this.#variation = time / 2;
    } else {
      this.#variation += (Math.abs(time - this.#smoothed) - this.#variation) / 4;
      this.#smoothed += (time - this.#smoothed) / 8;
    }
    this.#timeout = Math.min(MOST, Math.max(LEAST, this.#smoothed + 4 * this.#variation));
  }
}
