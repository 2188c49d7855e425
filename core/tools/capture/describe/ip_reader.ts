/**
 * Reads IP packets with UDP datagrams, as far as captures need it.
 *
 * @module
 */
import type { UdpEndpoint } from "../../../contract/network.ts";
import { udpEndpoint } from "../../../wire/ip_address.ts";

/** A packet of UDP, or a fragment of one. */
export interface IpPacket {
  /** Source and destination; in fragments after the first there are none. */
  readonly ports: readonly [number, number] | undefined;
  /** What all fragments of a datagram have in common; undefined when it is whole. */
  readonly fragment: string | undefined;
  /** Addresses of both ends, with their ports. */
  readonly from: UdpEndpoint;
  readonly to: UdpEndpoint;
  /** What is there of the datagram's payload. */
  readonly payload: Uint8Array;
}

const UDP = 17, FRAGMENT = 44;
const UDP_HEADER = 8, IPV6_HEADER = 40, FRAGMENT_HEADER = 8;
const MORE_FRAGMENTS = 0x2000, OFFSET = 0x1fff;

/** Reads an IPv4 or IPv6 packet; undefined when it is cut too short, or not UDP. */
export function readIpPacket(ip: Uint8Array): IpPacket | undefined {
  if (ip.length < 20) return undefined;
  const version = ip[0] >> 4;
  return version === 4 ? ipv4(ip) : version === 6 ? ipv6(ip) : undefined;
}

const word = (bytes: Uint8Array, at: number): number => bytes[at] << 8 | bytes[at + 1];

function ipv4(ip: Uint8Array): IpPacket | undefined {
  const header = (ip[0] & 0x0f) * 4;
  if (ip[9] !== UDP || header < 20 || ip.length < header) return undefined;
  const flags = word(ip, 6);
  const parted = (flags & (MORE_FRAGMENTS | OFFSET)) !== 0;
  const fragment = parted ? ip.subarray(4, 6).toHex() + ip.subarray(12, 20).toHex() : undefined;
  const body = ip.subarray(header, Math.max(header, word(ip, 2)));
  return udp(body, ip.subarray(12, 16), ip.subarray(16, 20), (flags & OFFSET) === 0, fragment);
}

function ipv6(ip: Uint8Array): IpPacket | undefined {
  if (ip.length < IPV6_HEADER) return undefined;
  const whole = ip.subarray(IPV6_HEADER, IPV6_HEADER + word(ip, 4));
  const [source, destination] = [ip.subarray(8, 24), ip.subarray(24, 40)];
  if (ip[6] === UDP) return udp(whole, source, destination, true, undefined);
  if (ip[6] !== FRAGMENT || whole.length < FRAGMENT_HEADER || whole[0] !== UDP) return undefined;
  const fragment = whole.subarray(4, 8).toHex() + ip.subarray(8, 40).toHex();
  return udp(whole.subarray(FRAGMENT_HEADER), source, destination, word(whole, 2) >> 3 === 0, fragment);
}

function udp(
  body: Uint8Array,
  source: Uint8Array,
  destination: Uint8Array,
  first: boolean,
  fragment: string | undefined,
): IpPacket | undefined {
  if (!first) {
    const [from, to] = [source, destination].map((address) => udpEndpoint(address, 0));
    return { ports: undefined, fragment, from, to, payload: body };
  }
  if (body.length < UDP_HEADER) return undefined;
  const ports = [word(body, 0), word(body, 2)] as const;
  const payload = body.subarray(
    UDP_HEADER,
    fragment === undefined ? Math.max(UDP_HEADER, word(body, 4)) : undefined,
  );
  const [from, to] = [udpEndpoint(source, ports[0]), udpEndpoint(destination, ports[1])];
  return { ports, fragment, from, to, payload };
}
