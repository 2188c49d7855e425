/**
 * CRC-32 (IEEE 802.3, as in zlib), for flows whose quality allows no bit errors.
 *
 * @module
 */

/** The checksum of some bytes; `before` is that of the bytes in front of them. */
export type Checksum = (bytes: Uint8Array, before?: number) => number;

/** Bytes of a checksum behind a PDU; big-endian. */
export const CHECKSUM_BYTES = 4;

let table: Uint32Array | undefined;

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
}

/** The checksum without help of the runtime: about 3 ns a byte. */
export const plainChecksum: Checksum = (bytes, before = 0) => {
  const entries = table ??= makeTable();
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = crc >>> 8 ^ entries[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
};

let fastest: Checksum | undefined;

/**
 * The fastest checksum there is: the runtime's, which is looked up here at the first call (importing it would slow down the
 * start of everything else), else {@link plainChecksum}.
 *
 * @example
 * ```ts
 * import { checksum } from "./checksum.ts";
 * import assert from "node:assert/strict";
 * assert.equal(checksum()(new TextEncoder().encode("123456789")), 0xcbf43926);
 * ```
 */
export function checksum(): Checksum {
  return fastest ??= process.getBuiltinModule("node:zlib")?.crc32 ?? plainChecksum;
}
