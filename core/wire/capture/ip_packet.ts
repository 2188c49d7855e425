/**
 * IP packets with one UDP datagram each, as captures show what a UDP socket sends and receives. The system makes the real
 * headers and does not show them: identification, time to live and fragments are not theirs.
 *
 * @module
 */
import type { UdpEndpoint } from "../../contract/network.ts";
import { addressOf, portOf, versionOf } from "../ip_address.ts";

const IPV4_HEADER_BYTES = 20, IPV6_HEADER_BYTES = 40, UDP_HEADER_BYTES = 8;
const UDP = 17;
const DO_NOT_FRAGMENT = 0x4000;
const HOPS = 64;

/**
 * Returns a whole packet, with valid checksums.
 *
 * @param from of the same version of IP as `to`
 * @param parts of the payload, in their order
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "../ip_address.ts";
 * import { udpPacket } from "./ip_packet.ts";
 * import assert from "node:assert/strict";
 * const packet = udpPacket(parseEndpoint("10.0.0.1:3435"), parseEndpoint("10.0.0.2:3435"), Uint8Array.of(7));
 * assert.equal(packet.length, 29);
 * ```
 */
export function udpPacket(
  from: UdpEndpoint,
  to: UdpEndpoint,
  ...parts: Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const source = addressOf(from), destination = addressOf(to);
  const header = versionOf(source) === 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  const length = parts.reduce((sum, part) => sum + part.length, UDP_HEADER_BYTES);
  const packet = new Uint8Array(header + length);
  const view = new DataView(packet.buffer);
  view.setUint16(header, portOf(from));
  view.setUint16(header + 2, portOf(to));
  view.setUint16(header + 4, length);
  let at = header + UDP_HEADER_BYTES;
  for (const part of parts) {
    packet.set(part, at);
    at += part.length;
  }
  if (header === IPV4_HEADER_BYTES) writeIpv4(packet, view, source, destination);
  else writeIpv6(packet, view, source, destination);
  const pseudo = sumOf(source) + sumOf(destination) + UDP + length;
  // A sum of 0 would say that there is none.
  view.setUint16(header + 6, folded(pseudo + sumOf(packet.subarray(header))) || 0xffff);
  return packet;
}

function writeIpv4(packet: Uint8Array, view: DataView, source: Uint8Array, destination: Uint8Array): void {
  packet[0] = 0x45;
  view.setUint16(2, packet.length);
  view.setUint16(6, DO_NOT_FRAGMENT);
  packet[8] = HOPS;
  packet[9] = UDP;
  packet.set(source, 12);
  packet.set(destination, 16);
  view.setUint16(10, folded(sumOf(packet.subarray(0, IPV4_HEADER_BYTES))));
}

function writeIpv6(packet: Uint8Array, view: DataView, source: Uint8Array, destination: Uint8Array): void {
  packet[0] = 0x60;
  view.setUint16(4, packet.length - IPV6_HEADER_BYTES);
  packet[6] = UDP;
  packet[7] = HOPS;
  packet.set(source, 8);
  packet.set(destination, 24);
}

/** Returns the sum of all 16-bit words, big-endian; an odd byte at the end counts as a high one. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes[at] << 8 | bytes[at + 1];
  return bytes.length % 2 === 1 ? sum + (bytes[bytes.length - 1] << 8) : sum;
}

function folded(sum: number): number {
  while (sum > 0xffff) sum = (sum >>> 16) + (sum & 0xffff);
  return ~sum & 0xffff;
}
