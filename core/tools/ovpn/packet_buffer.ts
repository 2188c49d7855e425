/**
 * Room for one IP packet, with what TCP over IP needs to be read and written in it (RFC 791, 8200, 9293) and the checksums of those
 * (RFC 1071). Checksums are added up in the byte order of this machine, which does not change them.
 *
 * @module
 */

/** Largest IP packet. */
export const LARGEST = 65_535;
/** Number of TCP among protocols, and bytes of headers without options. */
const TCP = 6, IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20;
/** Where a TCP header has its checksum. */
export const TCP_CHECKSUM = 16;

/**
 * Returns where the TCP header of a packet begins: 20 (IPv4) or 40 (IPv6); 0 when it is none, is a fragment, has options of IP, or is
 * shorter than its headers.
 *
 * @example
 * ```ts
 * import { tcpAt } from "./packet_buffer.ts";
 * import assert from "node:assert/strict";
 * assert.equal(tcpAt(new Uint8Array(40)), 0);
 * ```
 */
export function tcpAt(packet: Uint8Array): 0 | 20 | 40 {
  if (packet.length >= IPV4_HEADER + TCP_HEADER && packet[0] === 0x45) {
    const whole = (packet[6] & 0x3f) === 0 && packet[7] === 0;
    const complete = (packet[2] << 8 | packet[3]) === packet.length;
    return packet[9] === TCP && whole && complete && fits(packet, IPV4_HEADER) ? IPV4_HEADER : 0;
  }
  if (packet.length < IPV6_HEADER + TCP_HEADER || packet[0] >> 4 !== 6 || packet[6] !== TCP) return 0;
  const complete = (packet[4] << 8 | packet[5]) + IPV6_HEADER === packet.length;
  return complete && fits(packet, IPV6_HEADER) ? IPV6_HEADER : 0;
}

const fits = (packet: Uint8Array, tcp: number): boolean => {
  const bytes = tcpBytes(packet, tcp);
  return bytes >= TCP_HEADER && tcp + bytes <= packet.length;
};

/** Returns how many bytes the TCP header at `tcp` has. */
export const tcpBytes = (packet: Uint8Array, tcp: number): number => (packet[tcp + 12] >> 4) * 4;

/** Returns the sequence number of the TCP header at `tcp`. */
export const sequence = (packet: Uint8Array, tcp: number): number =>
  (packet[tcp + 4] << 24 | packet[tcp + 5] << 16 | packet[tcp + 6] << 8 | packet[tcp + 7]) >>> 0;

/** Room for one packet, or the beginning of one. */
export class PacketBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;

  /** @param front bytes in front of the packet, a multiple of 4 */
  constructor(readonly front = 0) {
    const buffer = new ArrayBuffer(front + LARGEST + 1);
    this.bytes = new Uint8Array(buffer, front, LARGEST);
    this.#words = new Uint32Array(buffer, front);
  }

  /** Writes a number of 16 bits as networks do. */
  setNumber(at: number, value: number): void {
    this.bytes[at] = value >> 8;
    this.bytes[at + 1] = value;
  }

  /** Writes the sequence number of the TCP header at `tcp`. */
  setSequence(tcp: number, value: number): void {
    this.setNumber(tcp + 4, value >>> 16);
    this.setNumber(tcp + 6, value & 0xffff);
  }

  /** Writes the lengths and, for IPv4, the checksum into the IP header of a packet of `length` bytes. */
  finishIp(tcp: number, length: number): void {
    if (tcp === IPV6_HEADER) return this.setNumber(4, length - IPV6_HEADER);
    this.setNumber(2, length);
    this.#setWord(10, 0);
    this.#setWord(10, ~this.#sum(0, IPV4_HEADER, 0));
  }

  /** Writes the checksum of the TCP header at `tcp` of a packet of `length` bytes. */
  finishTcp(tcp: number, length: number): void {
    this.#setWord(tcp + TCP_CHECKSUM, 0);
    this.#setWord(tcp + TCP_CHECKSUM, ~this.#sum(tcp, length, this.#pseudo(tcp, length)));
  }

  /** Writes what a system expects there that is to make the checksum itself. */
  prepareTcp(tcp: number, length: number): void {
    this.#setWord(tcp + TCP_CHECKSUM, this.#pseudo(tcp, length));
  }

  /** Returns whether the checksum of the TCP header at `tcp` of a packet of `length` bytes is right. */
  checkTcp(tcp: number, length: number): boolean {
    return this.#sum(tcp, length, this.#pseudo(tcp, length)) === 0xffff;
  }

  /** Makes the checksum of what begins at `start`, to which the field at `at` holds the beginning. */
  finishSum(start: number, at: number, length: number): void {
    const sum = ~this.#sum(start, length, 0) & 0xffff;
    // In UDP, 0 says that there is none.
    this.#setWord(at, sum === 0 ? 0xffff : sum);
  }

  /** Adds up the pseudo header. */
  #pseudo(tcp: number, length: number): number {
    const bytes = length - tcp;
    const begin = (TCP << 8) + (bytes >> 8 | (bytes & 0xff) << 8);
    return tcp === IPV6_HEADER ? this.#sum(8, IPV6_HEADER, begin) : this.#sum(12, IPV4_HEADER, begin);
  }

  #setWord(at: number, value: number): void {
    this.bytes[at] = value;
    this.bytes[at + 1] = value >> 8;
  }

  /** Adds up 16-bit words in one's complement. @param from a multiple of 4 */
  #sum(from: number, to: number, begin: number): number {
    const words = this.#words, { bytes } = this;
    let low = begin, high = 0;
    let at = from >> 2;
    for (const end = to >> 2; at < end; at++) {
      const word = words[at];
      low += word & 0xffff;
      high += word >>> 16;
    }
    at <<= 2;
    for (let shift = 0; at < to; at++, shift ^= 8) low += bytes[at] << shift;
    let sum = low + high;
    while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
    return sum;
  }
}
