/**
 * The one message of the link-state protocol (release 0.23.0): one directed adjacency, 24 bytes, big-endian.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import { type Address, address } from "../../core/contract/ids.ts";

/** Bytes of every link-state update. */
export const LINK_STATE_UPDATE_BYTES = 24;

const HIGH = 0x100000000;
/** Upper half of 2⁵³, from where numbers are no longer exact. */
const SAFE_HIGH = 0x200000;

/** What a link-state update says: `source` has an adjacency with `destination`. */
export interface LinkStateUpdate {
  /** Far end of the adjacency. */
  readonly destination: Address;
  /** The member that announces it. */
  readonly source: Address;
  /** Rises by one with each announcement of this adjacency; the first is 0. At most 2⁵³ − 1. */
  readonly sequence: number;
}

/**
 * Encodes an update.
 *
 * @example
 * ```ts
 * import { address } from "../../core/contract/ids.ts";
 * import { decodeLinkStateUpdate, encodeLinkStateUpdate } from "./link_state_update.ts";
 * import assert from "node:assert/strict";
 * const update = { destination: address(7), source: address(9), sequence: 1 };
 * assert.deepEqual(decodeLinkStateUpdate(encodeLinkStateUpdate(update)), update);
 * ```
 */
export function encodeLinkStateUpdate(update: LinkStateUpdate): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LINK_STATE_UPDATE_BYTES);
  writeLinkStateUpdate(bytes, update);
  return bytes;
}

/** Writes an update into the first 24 bytes of `into`. */
function writeLinkStateUpdate(into: Uint8Array, { destination, source, sequence }: LinkStateUpdate): void {
  writeHalves(into, destination, source, Math.floor(sequence / HIGH), sequence | 0);
}

/** The same for those who send many: all are numbers of 32 bits, with or without a sign, two of them for the sequence number. */
export function writeHalves(
  into: Uint8Array,
  destination: number,
  source: number,
  sequenceHigh: number,
  sequenceLow: number,
): void {
  writeUint64(into, 0, 0, destination);
  writeUint64(into, 8, 0, source);
  writeUint64(into, 16, sequenceHigh, sequenceLow);
}

/** Bytes one by one: a view for each packet would cost more than the writing. */
function writeUint64(into: Uint8Array, at: number, high: number, low: number): void {
  into[at] = high >>> 24;
  into[at + 1] = high >>> 16;
  into[at + 2] = high >>> 8;
  into[at + 3] = high;
  into[at + 4] = low >>> 24;
  into[at + 5] = low >>> 16;
  into[at + 6] = low >>> 8;
  into[at + 7] = low;
}

/**
 * Reads an update. The fields are 64 bits wide, but no member of a layer with 32-bit addresses has a larger one, and no
 * adjacency is ever announced 2⁵³ times: such values are refused, so that a forged one cannot block an adjacency for ever.
 *
 * @throws ProtocolError when the length is not 24, an address has more than 32 bits or the sequence number more than 53
 */
export function decodeLinkStateUpdate(bytes: Uint8Array): LinkStateUpdate {
  if (bytes.length !== LINK_STATE_UPDATE_BYTES) {
    throw new ProtocolError(
      `a link-state update has ${LINK_STATE_UPDATE_BYTES} bytes; this one has ${bytes.length}`,
    );
  }
  if (uint32(bytes, 0) !== 0 || uint32(bytes, 8) !== 0) {
    throw new ProtocolError("a link-state update names an address of more than 32 bits");
  }
  const high = uint32(bytes, 16);
  if (high >= SAFE_HIGH) {
    throw new ProtocolError("a link-state update has a sequence number of more than 53 bits");
  }
  return {
    destination: address(uint32(bytes, 4)),
    source: address(uint32(bytes, 12)),
    sequence: high * HIGH + uint32(bytes, 20),
  };
}

/** Returns 4 bytes of an update as a number with a sign: such numbers are no objects. */
export const int32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

const uint32 = (bytes: Uint8Array, at: number): number => int32(bytes, at) >>> 0;
