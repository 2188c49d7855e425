/**
 * What the lower layers of the captures carry: packets with an endpoint id, over UDP (IPv4) or Ethernet (DIX).
 *
 * @module
 */
import type { PcapFrame } from "./pcap.ts";

/** A packet of a lower layer. */
export interface LowerPacket {
  readonly lower: "udp4" | "eth-dix";
  /** Number of its frame; of its last fragment. */
  readonly frame: number;
  /** The host that sent it: its IP or MAC address. */
  readonly from: string;
  /** The host that it is for. */
  readonly to: string;
  /** Endpoint id at the host that it is for; 0: management of the lower layer. */
  readonly eid: number;
  /** What comes after it. */
  readonly sdu: Uint8Array;
}

const UDP_PORT = 3435;
const IPV4 = 0x0800;
const UDP = 17;
const MORE_FRAGMENTS = 0x2000;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The packets of the lower layers, in order; other frames are left out. */
export function lowerPackets(frames: readonly PcapFrame[], etherType = 0xa000): LowerPacket[] {
  const fragments = new Map<string, Uint8Array[]>();
  return frames.flatMap((frame) => {
    const type = viewOf(frame.bytes).getUint16(12);
    if (type === IPV4) return udpPacket(frame, fragments);
    return type === etherType ? [ethernetPacket(frame)] : [];
  });
}

function ethernetPacket({ number, bytes }: PcapFrame): LowerPacket {
  const view = viewOf(bytes);
  const sdu = bytes.subarray(18, 18 + view.getUint16(16));
  const mac = (at: number) => bytes.subarray(at, at + 6).toHex();
  return { lower: "eth-dix", frame: number, from: mac(6), to: mac(0), eid: view.getUint16(14), sdu };
}

function udpPacket({ number, bytes }: PcapFrame, fragments: Map<string, Uint8Array[]>): LowerPacket[] {
  const ip = bytes.subarray(14);
  const view = viewOf(ip);
  if (ip[9] !== UDP) return [];
  const payload = ip.subarray((ip[0] & 0x0f) * 4, view.getUint16(2));
  const flags = view.getUint16(6);
  const key = ip.subarray(4, 6).toHex() + ip.subarray(12, 20).toHex();
  if ((flags & ~0x4000) !== 0) fragments.set(key, [...fragments.get(key) ?? [], payload]);
  if ((flags & MORE_FRAGMENTS) !== 0) return [];
  const datagram = Uint8Array.from((fragments.get(key) ?? [payload]).flatMap((part) => [...part]));
  fragments.delete(key);
  const udp = viewOf(datagram);
  if (![udp.getUint16(0), udp.getUint16(2)].includes(UDP_PORT)) return [];
  const host = (at: number) => ip.subarray(at, at + 4).join(".");
  const sdu = datagram.subarray(12, udp.getUint16(4));
  return [{ lower: "udp4", frame: number, from: host(12), to: host(16), eid: udp.getUint32(8), sdu }];
}
