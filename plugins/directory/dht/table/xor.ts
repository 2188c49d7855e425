/**
 * Distance between ids: their exclusive or, over the whole length, as a big-endian number.
 *
 * @module
 */
import type { Random } from "../../../../core/contract/ports.ts";

/**
 * Compares distances: less than 0 when `a` is nearer to `key` than `b`, greater when farther, 0 when they are equal.
 *
 * @example
 * ```ts
 * import { compareDistance } from "./xor.ts";
 * import assert from "node:assert/strict";
 * const key = Uint8Array.of(0xf0), near = Uint8Array.of(0xf1), far = Uint8Array.of(0x10);
 * assert(compareDistance(key, near, far) < 0);
 * ```
 */
export function compareDistance(key: Uint8Array, a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < key.length; index++) {
    const difference = (a[index] ^ key[index]) - (b[index] ^ key[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Compares two ids of one length. They are no secrets: it ends where they differ. */
export function sameId(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Counts the leading bits that two ids of one length share. */
export function sharedBits(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const difference = a[index] ^ b[index];
    if (difference !== 0) return index * 8 + Math.clz32(difference) - 24;
  }
  return a.length * 8;
}

/** Draws a random id that shares exactly `shared` leading bits with `id`; `shared` is less than its number of bits. */
export function randomIdSharing(id: Uint8Array, shared: number, random: Random): Uint8Array {
  const made = random.bytes(id.length);
  const whole = shared >> 3;
  made.set(id.subarray(0, whole));
  const flipped = 0x80 >> (shared & 7);
  const kept = 0xff & ~(2 * flipped - 1);
  made[whole] = (id[whole] & kept) | (~id[whole] & flipped) | (made[whole] & (flipped - 1));
  return made;
}
