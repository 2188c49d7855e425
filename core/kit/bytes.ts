/**
 * What is done to arrays of bytes everywhere.
 *
 * @module
 */

/** An array without bytes. */
export const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Bytes up to which a loop copies quicker than a call does. */
const SHORT = 64;

/** Copies an array into another one, which has room for it from `at` on. For short packets it is twice as quick as `set`. */
export function copyBytes(from: Uint8Array, into: Uint8Array, at = 0): void {
  const { length } = from;
  if (length > SHORT) return into.set(from, at);
  for (let index = 0; index < length; index++) into[at + index] = from[index];
}

/** Compares two arrays byte by byte. It takes as long wherever they differ, so it may compare secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a[at] ^ b[at];
  return difference === 0;
}

/**
 * Copies arrays, one behind the other, into a new one.
 *
 * @example
 * ```ts
 * import { joinBytes } from "./bytes.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(joinBytes(Uint8Array.of(1, 2), Uint8Array.of(3)), Uint8Array.of(1, 2, 3));
 * ```
 */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
