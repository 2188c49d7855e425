/** Streams of TCP through a device that leaves the cutting to others: what is cut, joined again, and left alone. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VIRTIO_HEADER, writeSegments } from "../../os/net/device/virtio_header.ts";
import { Cutter } from "./cutter.ts";
import { Joiner } from "./joiner.ts";
import { PacketBuffer, sequence, TCP_CHECKSUM, tcpAt } from "./packet_buffer.ts";

type Version = 4 | 6;
const ACK = 0x10, PSH = 0x08, FIN = 0x01, CWR = 0x80;

interface Segment {
  readonly version?: Version;
  readonly data: Uint8Array;
  readonly sequence?: number;
  readonly flags?: number;
  readonly port?: number;
  readonly number?: number;
}

/** A packet of TCP with a time stamp among its options, and right checksums. */
function tcpPacket(
  { version = 4, data, sequence = 1, flags = ACK, port = 80, number = 7 }: Segment,
): Uint8Array {
  const tcp = version === 4 ? 20 : 40;
  const buffer = new PacketBuffer();
  const { bytes } = buffer;
  if (version === 4) {
    bytes.set([0x45, 0, 0, 0, number >> 8, number, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  } else {
    bytes.set([0x60, 0, 0, 0, 0, 0, 6, 64, 0xfd]);
    bytes.set([0xfd, 9], 24);
  }
  bytes.set([0x9c, 0x40, port >> 8, port, 0, 0, 0, 0, 0, 0, 0, 9, 0x80, flags, 1, 0, 0, 0, 0, 0], tcp);
  bytes.set([1, 1, 8, 10, 0, 0, 0, 5, 0, 0, 0, 6], tcp + 20);
  buffer.setSequence(tcp, sequence);
  bytes.set(data, tcp + 32);
  const length = tcp + 32 + data.length;
  buffer.finishIp(tcp, length);
  buffer.finishTcp(tcp, length);
  return bytes.slice(0, length);
}

/** The frame of a device for a packet: several segments in one, or one packet. */
function frameOf(packet: Uint8Array, segment?: number): Uint8Array {
  const frame = new Uint8Array(VIRTIO_HEADER + packet.length);
  frame.set(packet, VIRTIO_HEADER);
  const tcp = tcpAt(packet);
  if (segment !== undefined) writeSegments(frame, tcp === 20 ? 1 : 4, tcp + 32, segment, tcp, TCP_CHECKSUM);
  return frame;
}

function cut(frame: Uint8Array, most: number): Uint8Array[] {
  const cutter = new Cutter();
  cutter.begin(frame, most);
  const packets: Uint8Array[] = [];
  for (let packet; (packet = cutter.next()) !== undefined;) packets.push(packet.slice());
  return packets;
}

function join(packets: readonly Uint8Array[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const joiner = new Joiner((frame) => frames.push(frame.slice()));
  for (const packet of packets) joiner.add(packet);
  joiner.flush();
  return frames;
}

/** The checksums of a packet, added up the slow way, are those of a right one. */
function assertRight(packet: Uint8Array): void {
  const tcp = tcpAt(packet);
  const add = (sum: number, bytes: Uint8Array) =>
    bytes.reduce((total, byte, at) => total + (at % 2 === 0 ? byte << 8 : byte), sum);
  const folded = (sum: number) => {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    return sum;
  };
  if (tcp === 20) assert.equal(folded(add(0, packet.subarray(0, 20))), 0xffff);
  const addresses = packet.subarray(tcp === 20 ? 12 : 8, tcp);
  assert.equal(folded(add(add(6 + packet.length - tcp, addresses), packet.subarray(tcp))), 0xffff);
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index * 7 + (index >> 8));

Deno.test("a stream is cut into packets that fit, with right numbers, flags and checksums, and joined again to what it was", () => {
  fc.assert(fc.property(
    fc.constantFrom<Version>(4, 6),
    fc.integer({ min: 1, max: 20_000 }),
    fc.integer({ min: 300, max: 9000 }),
    fc.integer({ min: 200, max: 9000 }),
    fc.nat({ max: 2 ** 32 - 1 }),
    (version, length, segment, most, first) => {
      const data = bytes(length);
      const whole = tcpPacket({ version, data, sequence: first, flags: ACK | PSH });
      const headers = whole.length - length;
      const packets = cut(frameOf(whole, segment), most);
      const size = Math.min(segment, most - headers);
      assert.equal(packets.length, Math.ceil(length / size));
      for (const [index, packet] of packets.entries()) {
        assert(packet.length <= most);
        assertRight(packet);
        assert.equal(sequence(packet, tcpAt(packet)), (first + index * size) % 2 ** 32);
      }
      const frames = join(packets);
      assert.equal(frames.length, 1);
      const joined = frames[0].subarray(VIRTIO_HEADER);
      assert.equal(frames[0][0], packets.length > 1 ? 1 : 0);
      // All but the checksum, which the system makes, and that of the packet's own numbers.
      const tcp = tcpAt(whole);
      const plain = (packet: Uint8Array) => {
        const copy = packet.slice();
        copy.fill(0, tcp + TCP_CHECKSUM, tcp + TCP_CHECKSUM + 2);
        return copy;
      };
      assert.deepEqual(plain(joined), plain(whole));
    },
  ));
});

Deno.test("only the last packet of a stream that is cut ends it, and only the first says that the window was reduced", () => {
  const flags = ACK | PSH | FIN | CWR;
  const packets = cut(frameOf(tcpPacket({ data: bytes(300), flags }), 100), 1400);
  assert.deepEqual(packets.map((packet) => packet[33]), [ACK | CWR, ACK, ACK | PSH | FIN]);
  assert.deepEqual(packets.map((packet) => packet[5]), [7, 8, 9]);
});

Deno.test("a packet whose checksum was left open gets it, and others go through as they are", () => {
  const packet = tcpPacket({ data: bytes(101) });
  assert.deepEqual(cut(frameOf(packet), 1400), [packet]);
  const open = new PacketBuffer();
  open.bytes.set(packet);
  open.prepareTcp(20, packet.length);
  const frame = frameOf(open.bytes.slice(0, packet.length));
  writeSegments(frame, 0, 0, 0, 20, TCP_CHECKSUM);
  assert.deepEqual(cut(frame, 1400), [packet]);
});

Deno.test("a stream with more headers than fit, or that is none, is lost and nothing fails", () => {
  const packet = tcpPacket({ data: bytes(300) });
  assert.deepEqual(cut(frameOf(packet, 100), 52), []);
  const frame = frameOf(packet, 100);
  frame[VIRTIO_HEADER] = 0;
  assert.deepEqual(cut(frame, 1400), []);
});

Deno.test("what does not belong together, or is broken, is not joined, and stays in order", () => {
  const first = tcpPacket({ data: bytes(100), sequence: 1 });
  const next = { data: bytes(100), sequence: 101 };
  const broken = tcpPacket(next);
  broken[60] ^= 1;
  const marked = tcpPacket(next);
  marked[1] = 3;
  const others = {
    "a gap": tcpPacket({ ...next, sequence: 102 }),
    "another port": tcpPacket({ ...next, port: 81 }),
    "an end": tcpPacket({ ...next, flags: ACK | FIN }),
    "a longer one": tcpPacket({ ...next, data: bytes(101) }),
    "another version": tcpPacket({ ...next, version: 6 }),
    "no data": tcpPacket({ ...next, data: bytes(0) }),
    "a wrong checksum": broken,
    "a mark of congestion": marked,
    "no TCP": Uint8Array.of(0x45, 0, 0, 21),
    "nothing at all": new Uint8Array(0),
  };
  for (const [what, other] of Object.entries(others)) {
    const frames = join([first, other]);
    assert.deepEqual(frames, [frameOf(first), frameOf(other)], what);
  }
  const following = tcpPacket(next);
  assert.equal(join([first, following]).length, 1);
  assert.equal(join([first, following, following]).length, 2);
});

Deno.test("any packet goes through joining unchanged when it is alone", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (packet) => {
    assert.deepEqual(join([packet]), [frameOf(packet)]);
  }));
});
