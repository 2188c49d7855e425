/**
 * Which sizes of packets are tried to find the largest that a path carries (in idea RFC 8899).
 *
 * @module
 */

/**
 * Sizes that paths often carry, in ascending order: what a unicast layer can carry for sure, then what is left of 1500 and 9000
 * bytes of Ethernet under this layer's header: over UDP on IPv6 and on IPv4, and without it.
 */
const USUAL = [1200, 1400, 1433, 1453, 1481, 4000, 8933, 8953, 8981, 16_000, 32_000];
/** A size is found when it is known to so many bytes. */
const GRAIN = 8;

/** Sizes that are tried all at once when one that is in use may not arrive: those in between would cost too much. */
export const AT_ONCE = [1200, 1433, 1453, 1481, 4000, 8933];

/**
 * The size to try next, between one that arrives and one that does not; undefined when the first is good enough. The usual ones
 * are tried from below: a packet that arrives costs a round trip, one that does not costs seconds.
 *
 * @example
 * ```ts
 * import { nextSize } from "./path_mtu_search.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([nextSize(61, 9000), nextSize(1453, 1481), nextSize(1453, 1460)], [1200, 1467, undefined]);
 * ```
 */
export function nextSize(arrives: number, lost: number): number | undefined {
  if (lost - arrives <= GRAIN) return undefined;
  return USUAL.find((size) => size > arrives && size < lost) ?? (arrives + lost) >> 1;
}
