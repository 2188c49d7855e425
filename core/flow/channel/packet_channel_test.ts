/** The packet channel over streams in memory. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FlowDownError } from "../../contract/errors.ts";
import { FrameReader } from "../../wire/local/stream_framing.ts";
import { FrameWriter, MAX_PACKET } from "../../wire/local/data_frames.ts";
import { PacketChannel } from "./packet_channel.ts";
import type { ChannelEvents } from "./flow_channel.ts";
import { PacketPort } from "./packet_port.ts";
import { streamPair, type TestingStream } from "../../testing/stream.ts";
import { TestingTimers } from "../../testing/timers.ts";

/** Lets everything run that can. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

interface Side {
  readonly channel: PacketChannel;
  readonly stream: TestingStream;
  readonly packets: number[][];
  readonly down: FlowDownError[];
}

/** A channel that takes all packets. */
function taking(stream: TestingStream, timers = new TestingTimers(), hello?: Uint8Array): Side {
  const side: Side = {
    channel: new PacketChannel(stream, { timers, hello }),
    stream,
    packets: [],
    down: [],
  };
  side.channel.open({
    onReadable: () => {
      for (let packet; (packet = side.channel.take());) side.packets.push([...packet]);
    },
    onWritable: () => {},
    onDown: (error) => side.down.push(error),
  });
  return side;
}

const nothing: ChannelEvents = { onReadable: () => {}, onWritable: () => {}, onDown: () => {} };

/** Sends all, whenever there is room. */
async function sendAll(channel: PacketChannel, packets: readonly Uint8Array[]): Promise<void> {
  for (const packet of packets) while (!channel.transmit(packet)) await settle();
}

Deno.test("packets arrive in order and whole, whatever the stream holds, both ways at once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 60 }),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 500 }),
      async (there, back, capacity) => {
        const [a, b] = streamPair(capacity);
        const [left, right] = [taking(a), taking(b)];
        await Promise.all([sendAll(left.channel, there), sendAll(right.channel, back)]);
        while (left.packets.length < back.length || right.packets.length < there.length) await settle();
        assert.deepEqual(right.packets, there.map((packet) => [...packet]));
        assert.deepEqual(left.packets, back.map((packet) => [...packet]));
        left.channel.close();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a full stream refuses, says when there is room, and loses nothing", async () => {
  const [a, b] = streamPair(1000);
  const sender = new PacketChannel(a, { timers: new TestingTimers() });
  let writable = 0;
  sender.open({ ...nothing, onWritable: () => writable++ });
  const packet = new Uint8Array(1000);
  let sent = 0;
  for (; sender.transmit(packet); sent++) {
    packet[0] = sent + 1;
    assert(sent < 1000, "it takes no end of packets");
  }
  await settle();
  assert.equal(writable, 0);
  assert.equal(sender.queued, sent);
  const { channel, packets } = taking(b);
  while (packets.length < sent) await settle();
  assert.deepEqual(packets.map(([first]) => first), Array.from({ length: sent }, (_, i) => i & 255));
  assert.equal(writable, 1);
  await settle();
  assert(sender.queued < 8);
  sender.close();
  channel.close();
});

Deno.test("the first packet goes at once, the rest of the turn together", async () => {
  const [a, b] = streamPair();
  const writes: number[] = [];
  const write = async (bytes: Uint8Array) => {
    writes.push(bytes.length);
    const count = await a.write(bytes);
    for (let i = 0; i < 10; i++) await undefined;
    return count;
  };
  const channel = new PacketChannel({ ...a, write }, { timers: new TestingTimers() });
  for (let i = 0; i < 100; i++) {
    channel.transmit(new Uint8Array(10));
    await undefined;
  }
  await settle();
  assert.deepEqual(writes, [14, 99 * 14]);
  channel.close();
  b.close();
});

Deno.test("packets taken are reported with the next write, or when there are eight", async () => {
  const [a, b] = streamPair();
  const [left, right] = [taking(a), taking(b)];
  for (let i = 0; i < 7; i++) left.channel.transmit(new Uint8Array(1));
  await settle();
  assert.equal(left.channel.queued, 7);
  right.channel.transmit(new Uint8Array(1));
  await settle();
  assert.equal(left.channel.queued, 0);
  for (let i = 0; i < 8; i++) left.channel.transmit(new Uint8Array(1));
  await settle();
  assert.equal(left.channel.queued, 0);
  left.channel.close();
});

Deno.test("a report of more than was sent does not make the queue negative", async () => {
  const [a, b] = streamPair();
  const { channel } = taking(a);
  channel.transmit(new Uint8Array(1));
  const lies = new FrameWriter();
  await b.write(lies.take(1_000_000).slice());
  await settle();
  assert.equal(channel.queued, 0);
  channel.transmit(new Uint8Array(1));
  assert.equal(channel.queued, 1);
  channel.close();
});

Deno.test("reports never pile up: one is under way, the rest is added up", async () => {
  const [a, b] = streamPair(4);
  const { packets, channel } = taking(a);
  const writer = new FrameWriter();
  for (let i = 0; i < 1000; i++) writer.append(new Uint8Array(0));
  const bytes = writer.take(0);
  for (let at = 0; at < bytes.length;) at += await b.write(bytes.subarray(at));
  while (packets.length < 1000) await settle();
  // Only now does the other end read: a report of eight or more, and one of all others.
  const reader = new FrameReader();
  for (let round = 0; round < 50; round++) {
    while (a.unread > 0) reader.filled(await b.read(reader.space()) ?? 0);
    await settle();
  }
  const reported = reader.takeConsumed();
  assert(reported > 992 && reported <= 1000, `${reported}`);
  channel.close();
});

Deno.test("the end comes after the packets before it; then nothing can be sent", async () => {
  const [a, b] = streamPair();
  const [left, right] = [taking(a), taking(b)];
  right.channel.transmit(new Uint8Array([7]));
  await settle();
  right.channel.close();
  await settle();
  assert.deepEqual(left.packets, [[7]]);
  assert.equal(left.down.length, 1);
  assert(left.channel.down instanceof FlowDownError);
  assert.throws(() => left.channel.transmit(new Uint8Array(1)), FlowDownError);
  left.channel.close();
});

Deno.test("a half packet at the end is not delivered", async () => {
  const [a, b] = streamPair();
  const { packets, down } = taking(a);
  await b.write(new Uint8Array([0, 0, 0, 1, 5, 0, 0, 0, 9, 1, 2]));
  b.close();
  await settle();
  assert.deepEqual(packets, [[5]]);
  assert.equal(down.length, 1);
});

Deno.test("a lying length ends the flow after the packets before it", async () => {
  const [a, b] = streamPair();
  const { packets, down, channel } = taking(a);
  await b.write(new Uint8Array([0, 0, 0, 1, 5, 0x7f, 0xff, 0xff, 0xff]));
  await settle();
  assert.deepEqual(packets, [[5]]);
  assert.match(down[0].message, /broke the protocol/);
  assert.throws(() => channel.transmit(new Uint8Array(1)), FlowDownError);
  channel.close();
});

Deno.test("a packet over the limit is refused, the largest passes", async () => {
  const [a, b] = streamPair(1 << 20);
  const [left, right] = [taking(a), taking(b)];
  assert.equal(left.channel.transmit(new Uint8Array(MAX_PACKET + 1)), false);
  left.channel.transmit(new Uint8Array(MAX_PACKET));
  while (right.packets.length === 0) await settle();
  assert.equal(right.packets[0].length, MAX_PACKET);
  left.channel.close();
});

Deno.test("a lost flow gives what has arrived, and is down when nothing comes for a while", async () => {
  const timers = new TestingTimers();
  const [a, b] = streamPair();
  const { packets, down, channel } = taking(a, timers);
  channel.lose("the layer is gone");
  assert.throws(() => channel.transmit(new Uint8Array(1)), /the layer is gone/);
  await b.write(new Uint8Array([0, 0, 0, 1, 5]));
  await settle();
  timers.advance(99);
  assert.deepEqual([packets, down], [[[5]], []]);
  timers.advance(1);
  assert.equal(down[0].message, "the layer is gone");
  channel.close();
  assert.equal(timers.armed, 0);
});

Deno.test("a lost flow whose end comes is down at once", async () => {
  const timers = new TestingTimers();
  const [a, b] = streamPair();
  const { down } = taking(a, timers);
  b.close();
  await settle();
  assert.equal(down.length, 1);
  assert.equal(timers.armed, 0);
});

Deno.test("flushed: when all is with the kernel, or cannot be any more", async () => {
  const [a, b] = streamPair(10);
  const channel = new PacketChannel(a, { timers: new TestingTimers() });
  channel.open(nothing);
  const done: string[] = [];
  channel.finish(undefined, { done: () => done.push("empty"), over: () => done.push("over") });
  channel.transmit(new Uint8Array(16));
  channel.finish(undefined, { done: () => done.push("sent"), over: () => done.push("over") });
  await settle();
  assert.deepEqual(done, ["empty", "over"]);
  await b.read(new Uint8Array(100));
  await settle();
  assert.deepEqual(done, ["empty", "over", "sent", "over"]);
  channel.transmit(new Uint8Array(16));
  channel.finish(undefined, { done: () => done.push("gone"), over: () => done.push("over") });
  b.close();
  await settle();
  assert.deepEqual(done.slice(4), ["gone", "over"]);
  channel.close();
});

Deno.test("a quick stream lets the event loop have its turn", async () => {
  const endless = new FrameWriter();
  for (let i = 0; i < 3; i++) endless.append(new Uint8Array(1000));
  const bytes = endless.take(0).slice();
  const stream = {
    read: (into: Uint8Array) => {
      into.set(bytes);
      return Promise.resolve(bytes.length);
    },
    write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
    close: () => {},
  };
  const channel = new PacketChannel(stream, { timers: new TestingTimers() });
  let stop = false;
  channel.open({ ...nothing, onReadable: () => void (stop || channel.take()) });
  setImmediate(() => stop = true);
  for (let i = 0; !stop; i++) {
    while (channel.take());
    if (!channel.transmit(new Uint8Array(1000))) await settle();
    await undefined;
    assert(i < 1_000_000, "other events never came");
  }
  channel.close();
});

Deno.test("a port hands packets on, drops and counts what is too much, and says once that it is down", async () => {
  const [a, b] = streamPair(100);
  const port = new PacketPort(new PacketChannel(a, { timers: new TestingTimers() }), 5);
  const other = new PacketPort(new PacketChannel(b, { timers: new TestingTimers() }));
  for (let i = 0; i < 7; i++) assert.equal(port.send(new Uint8Array([i])), i < 5);
  assert.equal(port.queued, 5);
  await settle();
  const got: number[] = [];
  const downs: string[] = [];
  other.onPacket(([first]) => got.push(first));
  other.onDown((reason) => downs.push(reason));
  await settle();
  other.send(new Uint8Array(1));
  port.onPacket(() => {});
  await settle();
  assert.deepEqual(got, [0, 1, 2, 3, 4]);
  assert.equal(port.queued, 0);
  assert(port.send(new Uint8Array([9])));
  await settle();
  port.close();
  await settle();
  assert.deepEqual(got, [0, 1, 2, 3, 4, 9]);
  assert.equal(downs.length, 1);
  assert.equal(other.send(new Uint8Array(1)), false);
  assert.deepEqual(port.counters, { sent: 6, received: 1, dropped: 2 });
  assert.deepEqual(other.counters, { sent: 1, received: 6, dropped: 1 });
  other.close();
});

Deno.test("a port tells that its queue has drained, also when the report lies behind packets in one read", async () => {
  const [a, b] = streamPair(1 << 20);
  const port = new PacketPort(new PacketChannel(a, { timers: new TestingTimers() }));
  let drained = 0;
  port.onDrained(16, () => drained++);
  port.onPacket(() => {});
  for (let count = 0; count < 40; count++) assert(port.send(new Uint8Array(10)));
  await settle();
  const answer = new FrameWriter();
  answer.append(new Uint8Array([1]));
  const report = new FrameWriter().take(40);
  await b.write(new Uint8Array([...answer.take(0), ...report]));
  await settle();
  assert.equal(port.queued, 0);
  assert.equal(drained, 1);
  port.close();
});
