/**
 * Waits between tries of something that fails.
 *
 * @module
 */

/**
 * Returns how long to wait for the next try: each wait is twice the one before, up to the longest.
 *
 * @param first the first wait, in any unit of time
 * @param longest in the same unit
 * @param before waits before this one
 *
 * @example
 * ```ts
 * import { doubledWait } from "./doubled_wait.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([0, 1, 2, 5000].map((before) => doubledWait(250, 3000, before)), [250, 500, 1000, 3000]);
 * ```
 */
export const doubledWait = (first: number, longest: number, before: number): number =>
  Math.min(longest, first * 2 ** before);
