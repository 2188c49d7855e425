/**
 * Joins TCP packets that come one after the other into one of up to 64 KB, which costs the system as much as a single one: the reverse of
 * cutting.
 *
 * @module
 */
import { TCP_IPV4, TCP_IPV6, VIRTIO_HEADER, writeSegments } from "../../os/net/device/virtio_header.ts";
import { LARGEST, PacketBuffer, sequence, TCP_CHECKSUM, tcpAt, tcpBytes } from "./packet_buffer.ts";

/** TCP's flags: packets with others than these are not joined. */
const ACK = 0x10, PSH = 0x08;
/** Bytes in front of a packet, so that its words lie well. */
const FRONT = 12;

/** Packets in, frames for the device out. */
export class Joiner {
  /** What was joined so far. */
  readonly #joined = new PacketBuffer(FRONT);
  readonly #frame: Uint8Array<ArrayBuffer>;
  /** The packet at hand. */
  readonly #one = new PacketBuffer();
  #length = 0;
  #packets = 0;
  #tcp = 0;
  #headers = 0;
  #segment = 0;
  #next = 0;

  /** @param write takes a frame, valid during the call only */
  constructor(private readonly write: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#frame = new Uint8Array(this.#joined.bytes.buffer, FRONT - VIRTIO_HEADER, VIRTIO_HEADER + LARGEST);
  }

  /** Takes a packet: it goes out with those that follow it, at the latest at {@link flush}. */
  add(packet: Uint8Array): void {
    if (packet.length > LARGEST) return;
    const tcp = tcpAt(packet);
    const headers = tcp + tcpBytes(packet, tcp);
    const data = packet.length - headers;
    const joinable = tcp > 0 && data > 0 && (packet[tcp + 13] & ~PSH) === ACK && this.#check(packet, tcp);
    if (this.#packets > 0 && !(joinable && this.#follows(packet, tcp, headers, data))) this.flush();
    if (this.#packets === 0) {
      this.#joined.bytes.set(packet);
      this.#tcp = tcp;
      this.#headers = headers;
      this.#segment = data;
      this.#length = packet.length;
    } else {
      this.#joined.bytes.set(packet.subarray(headers), this.#length);
      this.#joined.bytes[tcp + 13] |= packet[tcp + 13];
      this.#length += data;
    }
    this.#packets++;
    this.#next = (sequence(packet, tcp) + data) >>> 0;
    if (!joinable || data < this.#segment || (packet[tcp + 13] & PSH) !== 0) this.flush();
  }

  /** Writes what was joined. */
  flush(): void {
    if (this.#packets === 0) return;
    const frame = this.#frame, tcp = this.#tcp, length = this.#length;
    if (this.#packets === 1) frame.fill(0, 0, VIRTIO_HEADER);
    else {
      this.#joined.finishIp(tcp, length);
      this.#joined.prepareTcp(tcp, length);
      writeSegments(frame, tcp === 20 ? TCP_IPV4 : TCP_IPV6, this.#headers, this.#segment, tcp, TCP_CHECKSUM);
    }
    this.#packets = 0;
    this.write(frame.subarray(0, VIRTIO_HEADER + length));
  }

  /** A wrong checksum must stay one: the system makes that of joined packets anew. */
  #check(packet: Uint8Array, tcp: number): boolean {
    this.#one.bytes.set(packet);
    return this.#one.checkTcp(tcp, packet.length);
  }

  /** Returns whether a packet is the next one of the same stream, and has its headers. */
  #follows(packet: Uint8Array, tcp: number, headers: number, data: number): boolean {
    if (tcp !== this.#tcp || headers !== this.#headers || data > this.#segment) return false;
    if (sequence(packet, tcp) !== this.#next || this.#length + data > LARGEST) return false;
    const first = this.#joined.bytes;
    // Of IP: version, traffic class, TTL, addresses; of TCP: ports, acknowledgement, window, options.
    if (tcp === 20) {
      if (packet[1] !== first[1] || packet[6] !== first[6] || packet[8] !== first[8]) return false;
      if (!same(packet, first, 12, tcp)) return false;
    } else if (!same(packet, first, 0, 4) || !same(packet, first, 7, tcp)) return false;
    return same(packet, first, tcp, tcp + 4) && same(packet, first, tcp + 8, tcp + 13) &&
      same(packet, first, tcp + 14, tcp + 16) && same(packet, first, tcp + 20, headers);
  }
}

function same(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (a[at] !== b[at]) return false;
  return true;
}
