/** Framing of the data socket: any split of the bytes gives the same packets, garbage gives nothing but a fault. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { FrameReader } from "./stream_framing.ts";
import { FrameWriter, helloFrame, helloToken, LIMIT_WORD, MAX_PACKET, STATE_WORD } from "./data_frames.ts";

const packet = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9000 }).map((n) => new Uint8Array(n).fill(n & 255)) },
);

/** Feeds `bytes` in parts of at most `parts[i]` bytes; takes packets as copies whenever there are any. */
function feed(reader: FrameReader, bytes: Uint8Array, parts: readonly number[], keep: boolean): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const takeAll = () => {
    while (reader.ready) {
      const count = reader.count();
      const one = reader.take();
      assert(one);
      packets.push(one.slice());
      assert(reader.count() === count - 1);
    }
    if (!keep) assert.equal(reader.take(), undefined);
  };
  for (let at = 0, i = 0; at < bytes.length && !reader.fault; i++) {
    const space = reader.space();
    assert(space.length > 0);
    const part = bytes.subarray(at, at + Math.min(space.length, parts[i % parts.length]));
    space.set(part);
    reader.filled(part.length);
    at += part.length;
    takeAll();
  }
  return packets;
}

const parts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70_000 })), {
  minLength: 1,
  maxLength: 8,
});

const news = fc.array(
  fc.tuple(fc.constantFrom(LIMIT_WORD, STATE_WORD), fc.nat(0xffffffff)),
  { maxLength: 2 },
).map((entries) => new Map(entries));

Deno.test("any split of the bytes gives the same packets, reports and news", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ packet, consumed: fc.nat(3), news }), { maxLength: 40 }),
    parts,
    fc.boolean(),
    (items, parts, keep) => {
      const writer = new FrameWriter();
      const chunks: number[] = [];
      const [told, heard]: [number, number][][] = [[], []];
      let consumed = 0;
      for (const item of items) {
        assert(writer.append(item.packet));
        chunks.push(...writer.take(item.consumed, item.news));
        consumed += item.consumed;
        told.push(...[...item.news].reverse());
      }
      const reader = new FrameReader(undefined, (word, value) => heard.push([word, value]));
      const packets = feed(reader, new Uint8Array(chunks), parts, keep);
      assert.deepEqual(packets, items.map(({ packet }) => packet));
      assert.equal(reader.takeConsumed(), consumed);
      assert.equal(reader.takeConsumed(), 0);
      assert.deepEqual(heard, told);
      assert.equal(reader.fault, undefined);
    },
  ));
});

Deno.test("garbage gives packets within the limit, or a fault that is a ProtocolError", () => {
  const likely = fc.constantFrom(0, 0, 0, 0, 1, 4, 0x10, 0x80, 0x81, 0x82, 0x83, 0x84);
  const garbage = fc.array(fc.oneof({ weight: 4, arbitrary: likely }, fc.nat(255)), { maxLength: 300 });
  fc.assert(fc.property(garbage, parts, (numbers, parts) => {
    const bytes = new Uint8Array(numbers);
    const reader = new FrameReader();
    for (const packet of feed(reader, bytes, parts, false)) assert(packet.length <= bytes.length);
    assert(reader.fault === undefined || reader.fault instanceof ProtocolError);
  }));
});

Deno.test("a view stays as it is while the next bytes arrive", () => {
  const reader = new FrameReader();
  const fill = (bytes: number[]) => {
    reader.space().set(bytes);
    reader.filled(bytes.length);
  };
  fill([0, 0, 0, 2, 1, 2, 0, 0]);
  const view = reader.take();
  fill([0, 3, 3, 4]);
  fill([5]);
  assert.deepEqual(view, new Uint8Array([1, 2]));
  assert.deepEqual(reader.take(), new Uint8Array([3, 4, 5]));
});

Deno.test("a packet of 1 MiB passes, one byte more is a fault after the packets before it", () => {
  const writer = new FrameWriter();
  const large = crypto.getRandomValues(new Uint8Array(65_536));
  const packet = new Uint8Array(MAX_PACKET);
  for (let at = 0; at < MAX_PACKET; at += large.length) packet.set(large, at);
  assert(writer.append(packet));
  const reader = new FrameReader();
  assert.deepEqual(feed(reader, writer.take(0), [100_000], false), [packet]);
  assert(reader.space().length <= 64 * 1024, "the large buffer is given back");
  const liar = new FrameReader();
  assert.equal(feed(liar, new Uint8Array([0, 0, 0, 0, 0, 0x10, 0, 1]), [99], false).length, 1);
  assert(liar.fault instanceof ProtocolError);
});

Deno.test("frames of unknown types are skipped, however long", () => {
  const reader = new FrameReader();
  const bytes = new Uint8Array(4 + 200_000 + 5);
  new DataView(bytes.buffer).setUint32(0, 0x85000000 + 200_000);
  bytes.set([0, 0, 0, 1, 9], 200_004);
  assert.deepEqual(feed(reader, bytes, [7777], false), [new Uint8Array([9])]);
});

Deno.test("the writer refuses what does not fit, but never a packet that is alone", () => {
  const writer = new FrameWriter(8192);
  assert(writer.append(new Uint8Array(5000)));
  assert(!writer.append(new Uint8Array(5000)));
  assert.equal(writer.take(0).length, 5004);
  assert(writer.append(new Uint8Array(20_000)));
  assert(!writer.append(new Uint8Array(0)));
  assert.equal(writer.take(1).length, 20_012);
  assert(writer.empty);
});

Deno.test("what was taken stays as it is while the next packets are collected", () => {
  const writer = new FrameWriter();
  writer.append(new Uint8Array([1]));
  const taken = writer.take(0);
  writer.append(new Uint8Array([2]));
  assert.deepEqual([...taken], [0, 0, 0, 1, 1]);
});

Deno.test("a hello carries its token, and nothing else is a hello", () => {
  const token = "00112233445566778899aabbccddeeff";
  assert.equal(helloToken(helloFrame(token)), token);
  assert.equal(helloToken(helloFrame(token).subarray(0, 19)), undefined);
  fc.assert(fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
    const known = bytes[0] === 0x81 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0x10;
    assert.equal(helloToken(bytes) !== undefined, known);
  }));
});
