/**
 * The id in front of every packet between two members of `ouro`, by which a copy that comes another way is known: 12 bytes, big-endian.
 *
 * | bytes | what                                                                |
 * | ----- | ------------------------------------------------------------------- |
 * | 0–3   | source: the address of the member where the packet entered           |
 * | 4–7   | number: each packet of a source has the next one; they wrap around    |
 * | 8–9   | hops that the packet may still take                                   |
 * | 10    | bit 0: it came in from a member that knows no ids; the others are 0   |
 * | 11    | 0                                                                    |
 *
 * The functions work on the packet itself, at its beginning, and trust its length.
 *
 * @module
 */

/** Bytes of the id. */
export const PACKET_ID_BYTES = 12;
/** Hops that a packet may take: more than a layer has members in a line. */
export const MAX_HOPS = 4095;

const FOREIGN = 1;

/**
 * Writes an id into the first bytes of `into`.
 *
 * @param foreign the packet came in from a member that knows no ids
 *
 * @example
 * ```ts
 * import { hopsOf, isForeign, numberOf, PACKET_ID_BYTES, sourceOf, writePacketId } from "./packet_id.ts";
 * import assert from "node:assert/strict";
 * const packet = new Uint8Array(PACKET_ID_BYTES);
 * writePacketId(packet, 0xfedcba98, 7, 64, true);
 * assert.deepEqual([sourceOf(packet), numberOf(packet), hopsOf(packet)], [0xfedcba98, 7, 64]);
 * assert(isForeign(packet));
 * ```
 */
export function writePacketId(
  into: Uint8Array,
  source: number,
  number: number,
  hops: number,
  foreign: boolean,
): void {
  writeUint32(into, 0, source);
  writeUint32(into, 4, number);
  setHops(into, hops);
  into[10] = foreign ? FOREIGN : 0;
  into[11] = 0;
}

/** Address of the member where the packet entered the layer. */
export const sourceOf = (packet: Uint8Array): number => readUint32(packet, 0);

/** Its number there. */
export const numberOf = (packet: Uint8Array): number => readUint32(packet, 4);

/** Hops that it may still take. */
export const hopsOf = (packet: Uint8Array): number => packet[8] << 8 | packet[9];

/** Whether it came in from a member that knows no ids. */
export const isForeign = (packet: Uint8Array): boolean => (packet[10] & FOREIGN) !== 0;

/** Changes the hops that it may still take. */
export function setHops(packet: Uint8Array, hops: number): void {
  packet[8] = hops >>> 8;
  packet[9] = hops;
}

function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

const readUint32 = (from: Uint8Array, at: number): number =>
  (from[at] << 24 | from[at + 1] << 16 | from[at + 2] << 8 | from[at + 3]) >>> 0;
