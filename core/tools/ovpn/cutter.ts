/**
 * Cuts what comes out of a TUN device, up to 64 KB of one TCP stream with one header in front, into packets that a flow carries.
 *
 * @module
 */
import {
  NEEDS_CHECKSUM,
  TCP_IPV4,
  TCP_IPV6,
  VIRTIO_HEADER,
  virtioHeader,
} from "../../os/net/device/virtio_header.ts";
import { PacketBuffer, sequence, tcpAt, tcpBytes } from "./packet_buffer.ts";

/** TCP's flags that only the last segment has (FIN, PSH), and only the first one (CWR). */
const LAST = 0x09, FIRST = 0x80;

/** One frame after the other, a packet at a time. */
export class Cutter {
  readonly #out = new PacketBuffer();
  /** What is cut, without its header; nothing when it is all out. */
  #packet: Uint8Array | undefined;
  /** Its TCP header, headers in all, data in each packet, and where the next one's begin; no TCP header: it is not to be cut. */
  #tcp = 0;
  #headers = 0;
  #segment = 0;
  #at = 0;
  #number = 0;

  /**
   * Begins with a frame, whose bytes must stay until {@link next} has given all of it.
   *
   * @param most bytes of a packet at most; frames that are one packet are not cut
   */
  begin(frame: Uint8Array, most: number): void {
    const packet = frame.subarray(VIRTIO_HEADER);
    const kind = virtioHeader.kind(frame);
    this.#packet = packet;
    this.#tcp = 0;
    if (kind === TCP_IPV4 || kind === TCP_IPV6) {
      return this.#beginSegments(packet, virtioHeader.segment(frame), most);
    }
    if ((virtioHeader.flags(frame) & NEEDS_CHECKSUM) === 0) return;
    this.#out.bytes.set(packet);
    const from = virtioHeader.checksumFrom(frame);
    this.#out.finishSum(from, from + virtioHeader.checksumAt(frame), packet.length);
    this.#packet = this.#out.bytes.subarray(0, packet.length);
  }

  /** Returns the next packet, valid until the next call; undefined after the last one. */
  next(): Uint8Array | undefined {
    const packet = this.#packet;
    if (packet === undefined) return undefined;
    if (this.#tcp === 0) {
      this.#packet = undefined;
      return packet;
    }
    return this.#cut(packet);
  }

  #beginSegments(packet: Uint8Array, segment: number, most: number): void {
    this.#tcp = tcpAt(packet);
    this.#headers = this.#tcp + tcpBytes(packet, this.#tcp);
    this.#segment = Math.min(segment, most - this.#headers);
    this.#at = this.#headers;
    this.#number = 0;
    // Nothing that a system makes: it is lost, as on any network.
    if (this.#tcp === 0 || this.#segment <= 0) this.#packet = undefined;
    else this.#out.bytes.set(packet.subarray(0, this.#headers));
  }

  #cut(packet: Uint8Array): Uint8Array {
    const out = this.#out, tcp = this.#tcp, headers = this.#headers, at = this.#at;
    const end = Math.min(at + this.#segment, packet.length);
    const length = headers + end - at;
    out.bytes.set(packet.subarray(at, end), headers);
    // IPv4 numbers its packets.
    if (tcp === 20) out.setNumber(4, (packet[4] << 8 | packet[5]) + this.#number++);
    out.setSequence(tcp, sequence(packet, tcp) + at - headers);
    const left = (end < packet.length ? LAST : 0) | (at > headers ? FIRST : 0);
    out.bytes[tcp + 13] = packet[tcp + 13] & ~left;
    out.finishIp(tcp, length);
    out.finishTcp(tcp, length);
    this.#at = end;
    if (end === packet.length) this.#packet = undefined;
    return out.bytes.subarray(0, length);
  }
}
