/**
 * Headers of frames of layers on Ethernet (release 0.23.0): with an Ethertype (DIX), 18 bytes, and with LLC (IEEE 802.2 UI), 17
 * bytes. The functions work on the frame itself, from the destination address on, and allocate nothing.
 *
 * @module
 */
import { ProtocolError } from "../contract/errors.ts";
import type { MacAddress } from "../contract/network.ts";

/** Bytes of a MAC address. */
export const MAC_BYTES = 6;
/** Bytes of both addresses and the Ethertype or length. */
export const ETHERNET_HEADER_BYTES = 14;
/** Bytes in front of the payload: DIX. */
export const DIX_HEADER_BYTES = 18;
/** Bytes in front of the payload: LLC. */
export const LLC_HEADER_BYTES = 17;
/** Largest payload of an 802.3 frame, the three bytes of LLC included. */
export const MAX_LLC_LENGTH = 1500;
/** EID of management messages. */
export const MANAGEMENT_EID = 0;
/** SAP of management messages. */
export const MANAGEMENT_SAP = 1;

const LLC_BYTES = LLC_HEADER_BYTES - ETHERNET_HEADER_BYTES;
const UI = 0x03;

/** Marks 6 bytes as a MAC address. */
export const macAddress = (bytes: Uint8Array): MacAddress => bytes as MacAddress;

/** The address of all stations. */
export const BROADCAST: MacAddress = macAddress(new Uint8Array(MAC_BYTES).fill(0xff));

/**
 * Writes a MAC address in hexadecimal, with colons.
 *
 * @example
 * ```ts
 * import { BROADCAST, formatMac } from "./ethernet_frame.ts";
 * import assert from "node:assert/strict";
 * assert.equal(formatMac(BROADCAST), "ff:ff:ff:ff:ff:ff");
 * ```
 */
export const formatMac = (address: Uint8Array): string => address.toHex().replace(/(..)(?=.)/g, "$1:");

/** Returns the source address of a frame: a view into it. The frame has a whole header. */
export const frameSource = (frame: Uint8Array): MacAddress =>
  macAddress(frame.subarray(MAC_BYTES, 2 * MAC_BYTES));

/** Returns whether the frame goes to this very address. */
export const goesTo = (frame: Uint8Array, address: MacAddress): boolean =>
  frame[5] === address[5] && frame[4] === address[4] && frame[3] === address[3] &&
  frame[2] === address[2] && frame[1] === address[1] && frame[0] === address[0];

/** Returns whether the frame goes to a group of stations, or to all. */
export const goesToGroup = (frame: Uint8Array): boolean => (frame[0] & 1) !== 0;

/** Returns whether the frame comes from this address. */
export const comesFrom = (frame: Uint8Array, address: MacAddress): boolean =>
  frame[11] === address[5] && frame[10] === address[4] && frame[9] === address[3] &&
  frame[8] === address[2] && frame[7] === address[1] && frame[6] === address[0];

/**
 * Makes a DIX header for packets to one end of a flow; {@link setDixLength} completes it.
 *
 * @param eid end at the destination; 0: a management message
 *
 * @example
 * ```ts
 * import { BROADCAST, dixHeader, setDixLength } from "./ethernet_frame.ts";
 * import assert from "node:assert/strict";
 * const header = dixHeader(BROADCAST, BROADCAST, 0xa000, 0x40);
 * setDixLength(header, 10);
 * assert.equal(header.subarray(12).toHex(), "a0000040000a");
 * ```
 */
export function dixHeader(
  destination: MacAddress,
  source: MacAddress,
  etherType: number,
  eid: number,
): Uint8Array {
  const header = new Uint8Array(DIX_HEADER_BYTES);
  header.set(destination);
  header.set(source, MAC_BYTES);
  setUint16(header, 12, etherType);
  setUint16(header, 14, eid);
  return header;
}

/** Sets how many bytes of payload follow. */
export function setDixLength(header: Uint8Array, length: number): void {
  setUint16(header, 16, length);
}

/** Returns whether this is a whole DIX frame. The other functions trust it. What follows the payload is padding. */
export const isDixFrame = (frame: Uint8Array): boolean =>
  frame.length >= DIX_HEADER_BYTES && DIX_HEADER_BYTES + dixLength(frame) <= frame.length;

/** @throws ProtocolError that says why it is no whole DIX frame */
export function checkDixFrame(frame: Uint8Array): void {
  if (isDixFrame(frame)) return;
  if (frame.length < DIX_HEADER_BYTES) throw tooShort("DIX", DIX_HEADER_BYTES, frame);
  throw tooLong("DIX", dixLength(frame), frame.length - DIX_HEADER_BYTES);
}

/** Returns the Ethertype of a DIX frame; in an 802.3 frame this is the length. */
export const etherType = (frame: Uint8Array): number => frame[12] << 8 | frame[13];
/** Returns the end of the flow that a DIX frame is for; 0: a management message. */
export const dixEid = (frame: Uint8Array): number => frame[14] << 8 | frame[15];
/** Returns how many bytes of payload a DIX frame says it has. */
export const dixLength = (frame: Uint8Array): number => frame[16] << 8 | frame[17];
/** Returns the payload of a whole DIX frame: a view into it. */
export const dixPayload = (frame: Uint8Array): Uint8Array =>
  frame.subarray(DIX_HEADER_BYTES, DIX_HEADER_BYTES + dixLength(frame));

/**
 * Makes an LLC header for packets between two ends; {@link setLlcLength} completes it.
 *
 * @param to SAP at the destination
 * @param from own SAP
 *
 * @example
 * ```ts
 * import { BROADCAST, llcHeader, setLlcLength } from "./ethernet_frame.ts";
 * import assert from "node:assert/strict";
 * const header = llcHeader(BROADCAST, BROADCAST, 3, 2);
 * setLlcLength(header, 64);
 * assert.equal(header.subarray(12).toHex(), "0043c04003");
 * ```
 */
export function llcHeader(destination: MacAddress, source: MacAddress, to: number, from: number): Uint8Array {
  const header = new Uint8Array(LLC_HEADER_BYTES);
  header.set(destination);
  header.set(source, MAC_BYTES);
  header[14] = reversed(to);
  header[15] = reversed(from);
  header[16] = UI;
  return header;
}

/** Sets how many bytes of payload follow. */
export function setLlcLength(header: Uint8Array, length: number): void {
  setUint16(header, 12, LLC_BYTES + length);
}

/** Returns whether this is a whole LLC frame. The other functions trust it. What follows the payload is padding. */
export function isLlcFrame(frame: Uint8Array): boolean {
  if (frame.length < LLC_HEADER_BYTES) return false;
  const length = etherType(frame);
  return length >= LLC_BYTES && length <= MAX_LLC_LENGTH && ETHERNET_HEADER_BYTES + length <= frame.length;
}

/** @throws ProtocolError that says why it is no whole LLC frame */
export function checkLlcFrame(frame: Uint8Array): void {
  if (isLlcFrame(frame)) return;
  if (frame.length < LLC_HEADER_BYTES) throw tooShort("LLC", LLC_HEADER_BYTES, frame);
  const length = etherType(frame);
  if (length > MAX_LLC_LENGTH) {
    throw new ProtocolError(`an LLC frame has at most ${MAX_LLC_LENGTH} bytes; this one says ${length}`);
  }
  if (length < LLC_BYTES) {
    throw new ProtocolError(`an LLC frame has at least ${LLC_BYTES} bytes; this one says ${length}`);
  }
  throw tooLong("LLC", length, frame.length - ETHERNET_HEADER_BYTES);
}

/** Returns whether this LLC frame is unnumbered information, as all of a layer's are. */
export const isUnnumbered = (frame: Uint8Array): boolean => frame[16] === UI;
/** Returns the SAP that an LLC frame is for. */
export const llcTo = (frame: Uint8Array): number => reversed(frame[14]);
/** Returns the SAP that an LLC frame is from. */
export const llcFrom = (frame: Uint8Array): number => reversed(frame[15]);
/** Returns the payload of a whole LLC frame: a view into it. */
export const llcPayload = (frame: Uint8Array): Uint8Array =>
  frame.subarray(LLC_HEADER_BYTES, ETHERNET_HEADER_BYTES + etherType(frame));

/** SAPs travel with their bits in reverse. */
const REVERSED = Uint8Array.from(
  { length: 256 },
  (_, octet) => parseInt(octet.toString(2).padStart(8, "0").split("").reverse().join(""), 2),
);
const reversed = (octet: number): number => REVERSED[octet & 0xff];

function setUint16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 8;
  into[at + 1] = value;
}

const tooShort = (format: string, header: number, frame: Uint8Array): ProtocolError =>
  new ProtocolError(`a ${format} frame has at least ${header} bytes; this one has ${frame.length}`);

const tooLong = (format: string, says: number, has: number): ProtocolError =>
  new ProtocolError(`a ${format} frame says that ${says} bytes follow its header; there are ${has}`);
