/**
 * Limits how often something happens.
 *
 * @module
 */

/**
 * A bucket of tokens that fills at a steady rate.
 *
 * @example
 * ```ts
 * import { TokenBucket } from "./token_bucket.ts";
 * import assert from "node:assert/strict";
 * const bucket = new TokenBucket({ rate: 10, burst: 2 });
 * assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(100)], [true, true, false, true]);
 * ```
 */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #filled = 0;

  /** Makes a full bucket. @param limit tokens a second, and tokens that the bucket holds */
  constructor({ rate, burst }: { readonly rate: number; readonly burst: number }) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes tokens out. Returns false, and takes none, when there are not enough. @param now milliseconds */
  take(now: number, tokens = 1): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filled) * this.#rate / 1000);
    this.#filled = now;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Takes tokens out also when there are too few. @returns milliseconds until the debt is paid; 0: there is none */
  spend(now: number, tokens: number): number {
    if (this.take(now, tokens)) return 0;
    this.#tokens -= tokens;
    return -this.#tokens / this.#rate * 1000;
  }
}
