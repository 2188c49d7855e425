/**
 * Arithmetic of 32-bit sequence numbers, which wrap around: of two numbers the one that is less than 2³¹ ahead comes later.
 *
 * @module
 */

/**
 * How far `to` is ahead of `from`: −2³¹ … 2³¹ − 1.
 *
 * @example
 * ```ts
 * import { distance } from "./serial.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([distance(0xffffffff, 1), distance(1, 0xffffffff)], [2, -2]);
 * ```
 */
export const distance = (from: number, to: number): number => (to - from) | 0;

/** Returns whether `a` comes before `b`. */
export const isBefore = (a: number, b: number): boolean => ((a - b) | 0) < 0;

/** Returns the number `by` ahead, as an unsigned one. */
export const plus = (number: number, by: number): number => (number + by) >>> 0;
