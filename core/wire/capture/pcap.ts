/**
 * The classic format of capture files (pcap), as it is written: little-endian, with microseconds.
 *
 * @module
 */

/** What packets of a capture begin with. */
export const LINK_TYPES = {
  /** A frame of Ethernet, from the destination address on. */
  ethernet: 1,
  /** An IPv4 or IPv6 packet. */
  ip: 101,
  /** A packet of an IPCP's N-1 flow: see `lower_packet.ts`. */
  lower: 147,
} as const;

/** Number of a link type. */
export type LinkType = typeof LINK_TYPES[keyof typeof LINK_TYPES];

/** Bytes in front of the first packet. */
export const PCAP_HEADER_BYTES = 24;
/** Bytes in front of every packet. */
export const PCAP_RECORD_BYTES = 16;
/** The largest packet that readers take, in bytes. */
export const MAX_SNAP_LENGTH = 262144;

const MICROSECONDS = 0xa1b2c3d4;
const MAJOR = 2, MINOR = 4;

/**
 * Makes the beginning of a file.
 *
 * @param snapLength bytes that are written of a packet, at most
 */
export function pcapHeader(linkType: LinkType, snapLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PCAP_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MICROSECONDS, true);
  view.setUint16(4, MAJOR, true);
  view.setUint16(6, MINOR, true);
  view.setUint32(16, snapLength, true);
  view.setUint32(20, linkType, true);
  return bytes;
}

/**
 * A packet with what stands in front of it.
 *
 * @param time milliseconds since 1970; fractions are meaningful
 * @param packet what is written of it
 * @param length bytes that it really had
 *
 * @example
 * ```ts
 * import { LINK_TYPES, pcapHeader, pcapRecord } from "./pcap.ts";
 * import assert from "node:assert/strict";
 * const file = [pcapHeader(LINK_TYPES.ip, 65535), pcapRecord(1500.25, Uint8Array.of(1, 2), 2)];
 * assert.equal(file[1].toHex(), "01000000" + "1aa20700" + "02000000" + "02000000" + "0102");
 * ```
 */
export function pcapRecord(time: number, packet: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PCAP_RECORD_BYTES + packet.length);
  const view = new DataView(bytes.buffer);
  const microseconds = Math.round(time * 1000);
  view.setUint32(0, Math.floor(microseconds / 1e6), true);
  view.setUint32(4, microseconds % 1e6, true);
  view.setUint32(8, packet.length, true);
  view.setUint32(12, length, true);
  bytes.set(packet, PCAP_RECORD_BYTES);
  return bytes;
}
