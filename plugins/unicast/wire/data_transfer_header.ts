/**
 * The header of every packet on a data transfer flow (release 0.23.0): 15 bytes, little-endian. The functions work on the
 * packet itself, at its beginning, and allocate nothing; all but {@link checkDataTransferHeader} trust its length.
 *
 * @module
 */
import { ProtocolError } from "../../../core/contract/errors.ts";
import type { QosCube } from "../../../core/contract/qos.ts";

/** Bytes of the header in a layer with 32-bit addresses. */
export const DATA_TRANSFER_HEADER_BYTES = 15;
/** Endpoint id of the flow allocator of every member. */
export const FLOW_ALLOCATOR_EID = 0;
/** Endpoint id of the directory of every member. */
export const DIRECTORY_EID = 1;
/** Endpoint ids from here on are ends of flows; lower ones are components. */
export const FIRST_FLOW_EID = 64;

/**
 * Writes the header into the first 15 bytes of `into`.
 *
 * @param destination address of the member that the packet goes to
 * @param eidHigh upper 32 bits of the endpoint id at the destination
 * @param eidLow lower 32 bits
 *
 * @example
 * ```ts
 * import { headerDestination, headerTtl, writeDataTransferHeader } from "./data_transfer_header.ts";
 * import assert from "node:assert/strict";
 * const packet = new Uint8Array(15 + 64);
 * writeDataTransferHeader(packet, 0x4ea009d6, 0, 60, 0, 0xb438a673, 0x42);
 * assert.deepEqual([headerDestination(packet), headerTtl(packet)], [0x4ea009d6, 60]);
 * ```
 */
export function writeDataTransferHeader(
  into: Uint8Array,
  destination: number,
  cube: QosCube,
  ttl: number,
  ecn: number,
  eidHigh: number,
  eidLow: number,
): void {
  into[0] = destination;
  into[1] = destination >>> 8;
  into[2] = destination >>> 16;
  into[3] = destination >>> 24;
  into[4] = cube;
  into[5] = ttl;
  into[6] = ecn;
  into[7] = eidLow;
  into[8] = eidLow >>> 8;
  into[9] = eidLow >>> 16;
  into[10] = eidLow >>> 24;
  into[11] = eidHigh;
  into[12] = eidHigh >>> 8;
  into[13] = eidHigh >>> 16;
  into[14] = eidHigh >>> 24;
}

/** @throws ProtocolError when the packet is too short to have a header */
export function checkDataTransferHeader(packet: Uint8Array): void {
  if (packet.length < DATA_TRANSFER_HEADER_BYTES) {
    throw new ProtocolError(
      `a data transfer packet has at least ${DATA_TRANSFER_HEADER_BYTES} bytes; this one has ${packet.length}`,
    );
  }
}

/** Address of the member that the packet goes to. */
export function headerDestination(packet: Uint8Array): number {
  return (packet[0] | packet[1] << 8 | packet[2] << 16 | packet[3] << 24) >>> 0;
}

/** QoS cube of the packet; a value that no cube has counts as best effort, and forwarding leaves it as it is. */
export function headerCube(packet: Uint8Array): QosCube {
  const cube = packet[4];
  return cube === 1 || cube === 2 ? cube : 0;
}

/** Hops that are left, 0 … 255. */
export function headerTtl(packet: Uint8Array): number {
  return packet[5];
}

/** Changes the hops that are left. */
export function setHeaderTtl(packet: Uint8Array, ttl: number): void {
  packet[5] = ttl;
}

/** Congestion level that the packet has met, 0 (none) … 255. */
export function headerEcn(packet: Uint8Array): number {
  return packet[6];
}

/** Adds the bits of a congestion level to those that the packet has. */
export function markHeaderEcn(packet: Uint8Array, level: number): void {
  packet[6] |= level;
}

/** Upper 32 bits of the endpoint id. */
export function headerEidHigh(packet: Uint8Array): number {
  return (packet[11] | packet[12] << 8 | packet[13] << 16 | packet[14] << 24) >>> 0;
}

/** Lower 32 bits of the endpoint id. */
export function headerEidLow(packet: Uint8Array): number {
  return (packet[7] | packet[8] << 8 | packet[9] << 16 | packet[10] << 24) >>> 0;
}
