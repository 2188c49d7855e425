/**
 * Which packets have arrived behind a gap: what our ends tell each other behind the header of a bare acknowledgement. The reference
 * drops the bytes there unread (docs/flows.md). Bit 0 of byte 0 is the number after the one acknowledged, which is missing.
 *
 * @module
 */

/** Most bytes of a map: one bit for each packet of a window but the first. */
export const MAP_BYTES = 32;

/** Marks the packet that is `ahead` (1 … 255) of the missing one. */
export function markReceived(map: Uint8Array, ahead: number): void {
  map[(ahead - 1) >> 3] |= 1 << ((ahead - 1) & 7);
}

/**
 * Whether the packet that is `ahead` (from 1) of the missing one has arrived, as far as the map says.
 *
 * @example
 * ```ts
 * import { isReceived, markReceived } from "./received_map.ts";
 * import assert from "node:assert/strict";
 * const map = new Uint8Array(2);
 * markReceived(map, 9);
 * assert.deepEqual([[...map], isReceived(map, 9), isReceived(map, 200)], [[0, 1], true, false]);
 * ```
 */
export function isReceived(map: Uint8Array, ahead: number): boolean {
  const byte = map[(ahead - 1) >> 3];
  return byte !== undefined && (byte >> ((ahead - 1) & 7) & 1) === 1;
}
