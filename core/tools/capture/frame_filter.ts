/**
 * Which frames of a network device are Ouroboros'.
 *
 * @module
 */
import { BoundedSet } from "../../kit/bounded_map.ts";
import {
  etherType,
  isLlcFrame,
  isUnnumbered,
  llcFrom,
  llcTo,
  MANAGEMENT_SAP,
} from "../../wire/ethernet_frame.ts";
import { readIpPacket } from "./describe/ip_reader.ts";

/** What counts as Ouroboros'. */
export interface FrameFilterSettings {
  /** Types of eth-dix. */
  readonly etherTypes: readonly number[];
  /** Ports of udp4 and udp6. */
  readonly ports: readonly number[];
  /** Frames of eth-llc. */
  readonly llc: boolean;
}

const HEADER = 14;
const LENGTHS_END = 0x600, IPV4 = 0x0800, IPV6 = 0x86dd;
/** SAPs that eth-llc uses; on the wire, two bits of their octets are 0. */
const MAX_SAP = 63;
/** So many datagrams may be on their way in fragments. */
const MAX_FRAGMENTED = 64;

/** Says of each frame whether it belongs; fragments of IP after the first need its memory. */
export function frameFilter({ etherTypes, ports, llc }: FrameFilterSettings): (frame: Uint8Array) => boolean {
  const types = new Set(etherTypes), wanted = new Set(ports);
  const fragmented = new BoundedSet<string>(MAX_FRAGMENTED);
  return (frame) => {
    if (frame.length < HEADER) return false;
    const type = etherType(frame);
    if (type < LENGTHS_END) return llc && isOurLlc(frame);
    if (types.has(type)) return true;
    if (wanted.size === 0 || (type !== IPV4 && type !== IPV6)) return false;
    const packet = readIpPacket(frame.subarray(HEADER));
    if (packet === undefined) return false;
    if (packet.ports === undefined) return fragmented.has(packet.fragment ?? "");
    if (!packet.ports.some((port) => wanted.has(port))) return false;
    if (packet.fragment !== undefined) fragmented.add(packet.fragment);
    return true;
  };
}

function isOurLlc(frame: Uint8Array): boolean {
  if (!isLlcFrame(frame) || !isUnnumbered(frame)) return false;
  const to = llcTo(frame), from = llcFrom(frame);
  return to >= MANAGEMENT_SAP && to <= MAX_SAP && from >= MANAGEMENT_SAP && from <= MAX_SAP;
}
