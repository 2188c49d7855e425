/**
 * Remembers which requests have been seen, for as long as they might come again.
 *
 * @module
 */

/** Requests this much older than the own clock are refused, in milliseconds. */
export const MAX_AGE = 20_000;
/** Requests this much ahead of the own clock are refused, in milliseconds. */
export const MAX_AHEAD = 100;
/** Length of a bucket, and room for rounding at its ends, in milliseconds. */
const BUCKET = 1000;

/**
 * Keys in buckets of a second. When there are too many, the oldest second is forgotten, and what is as old as that is refused
 * from then on: a flood shortens the time that requests may be under way, it does not let any of them in twice.
 *
 * @example
 * ```ts
 * import { ReplayWindow } from "./replay_window.ts";
 * import assert from "node:assert/strict";
 * const window = new ReplayWindow();
 * assert.equal(window.admit("a", 5000, 5100), undefined);
 * assert.equal(window.admit("a", 5000, 5200), "it was received before");
 * ```
 */
export class ReplayWindow {
  readonly #limit: number;
  /** By the number of the second. */
  readonly #buckets = new Map<number, Set<string>>();
  #size = 0;
  /** Requests of seconds before this one cannot be told from repeated ones any more. */
  #floor = -Infinity;

  /** @param limit requests that are remembered at most */
  constructor(limit = 131_072) {
    this.#limit = limit;
  }

  /** Returns how many requests are remembered. */
  get size(): number {
    return this.#size;
  }

  /**
   * Lets a request in once, or says why not.
   *
   * @param key what tells it from all others
   * @param timestamp when it was made, by its sender's clock; or when it came, where clocks do not matter. Milliseconds
   * @param now the own clock, in milliseconds
   */
  admit(key: string, timestamp: number, now: number): string | undefined {
    const age = Math.trunc(now - timestamp);
    if (age < -MAX_AHEAD) {
      return `its clock is ${-age} ms ahead of the clock of the host that was asked; set the clocks`;
    }
    if (age > MAX_AGE) {
      return `it is ${age} ms old by the clock of the host that was asked; ${MAX_AGE} is the most: set the clocks`;
    }
    const second = Math.floor(timestamp / BUCKET);
    if (!this.#buckets.has(second)) this.#tidy(now);
    if (this.#buckets.get(second)?.has(key)) return "it was received before";
    if (second >= this.#floor) { while (this.#size >= this.#limit) this.#forgetOldest(); }
    if (second < this.#floor) return `it is ${age} ms old, and too many others have come since`;
    const bucket = this.#buckets.get(second);
    if (bucket) bucket.add(key);
    else this.#buckets.set(second, new Set([key]));
    this.#size++;
  }

  /** Forgets the seconds that the clock check refuses by now. */
  #tidy(now: number): void {
    const first = (now - MAX_AGE) / BUCKET - 2;
    const last = (now + MAX_AHEAD) / BUCKET + 1;
    for (const second of [...this.#buckets.keys()]) if (second < first || second > last) this.#drop(second);
    // Beyond that only when the clock was set back.
    if (this.#floor > last + 1) this.#floor = -Infinity;
  }

  #forgetOldest(): void {
    const oldest = Math.min(...this.#buckets.keys());
    this.#drop(oldest);
    this.#floor = oldest + 1;
  }

  #drop(second: number): void {
    this.#size -= this.#buckets.get(second)?.size ?? 0;
    this.#buckets.delete(second);
  }
}
