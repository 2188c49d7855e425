/**
 * The UDP datagrams of a capture, over IPv4 and IPv6, with their fragments joined.
 *
 * @module
 */
import type { PcapFrame } from "./pcap.ts";

/** A UDP datagram of a capture. */
export interface RecordedDatagram {
  /** Number of its frame; of its last fragment. */
  readonly frame: number;
  /** Address and port of the sender, as `UdpEndpoint` has them. */
  readonly from: Uint8Array;
  /** Of the receiver. */
  readonly to: Uint8Array;
  /** What it carries. */
  readonly payload: Uint8Array;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const UDP = 17;
const FRAGMENT_HEADER = 44;

/** One IP packet, or one fragment of it. */
interface Part {
  readonly addresses: readonly [Uint8Array, Uint8Array];
  readonly protocol: number;
  readonly payload: Uint8Array;
  /** What its fragments have in common. */
  readonly key: string;
  readonly fragment: boolean;
  readonly more: boolean;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The datagrams, in order; other frames are left out. Fragments are expected in order. */
export function udpDatagrams(frames: readonly PcapFrame[]): RecordedDatagram[] {
  const fragments = new Map<string, Uint8Array[]>();
  return frames.flatMap(({ number, bytes }) => {
    const part = partOf(bytes);
    if (part?.protocol !== UDP) return [];
    const { key, fragment, more, addresses: [source, destination] } = part;
    const parts = [...fragments.get(key) ?? [], part.payload];
    if (fragment) fragments.set(key, parts);
    if (more) return [];
    fragments.delete(key);
    const datagram = fragment ? Uint8Array.from(parts.flatMap((each) => [...each])) : part.payload;
    return [{
      frame: number,
      from: Uint8Array.of(...source, ...datagram.subarray(0, 2)),
      to: Uint8Array.of(...destination, ...datagram.subarray(2, 4)),
      payload: datagram.subarray(8, viewOf(datagram).getUint16(4)),
    }];
  });
}

function partOf(frame: Uint8Array): Part | undefined {
  const ip = frame.subarray(14);
  const type = viewOf(frame).getUint16(12);
  if (type === IPV4) return ipv4(ip);
  return type === IPV6 ? ipv6(ip) : undefined;
}

function ipv4(ip: Uint8Array): Part {
  const view = viewOf(ip);
  const flags = view.getUint16(6);
  return {
    addresses: [ip.subarray(12, 16), ip.subarray(16, 20)],
    protocol: ip[9],
    payload: ip.subarray((ip[0] & 0x0f) * 4, view.getUint16(2)),
    key: ip.subarray(4, 6).toHex() + ip.subarray(12, 20).toHex(),
    fragment: (flags & 0x3fff) !== 0,
    more: (flags & 0x2000) !== 0,
  };
}

function ipv6(ip: Uint8Array): Part {
  const view = viewOf(ip);
  const end = 40 + view.getUint16(4);
  const fragment = ip[6] === FRAGMENT_HEADER;
  return {
    addresses: [ip.subarray(8, 24), ip.subarray(24, 40)],
    protocol: ip[fragment ? 40 : 6],
    payload: ip.subarray(fragment ? 48 : 40, end),
    key: fragment ? ip.subarray(44, 48).toHex() + ip.subarray(8, 40).toHex() : "",
    fragment,
    more: fragment && (ip[43] & 1) !== 0,
  };
}
