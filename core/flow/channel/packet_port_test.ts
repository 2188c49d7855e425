/** The packet port, over streams in memory. */
import assert from "node:assert/strict";
import { CONSUMED_WORD } from "../../wire/local/data_frames.ts";
import { PacketChannel } from "./packet_channel.ts";
import { PacketPort } from "./packet_port.ts";
import { streamPair } from "../../testing/stream.ts";
import { TestingTimers } from "../../testing/timers.ts";

/** Lets everything run that can. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

/** A packet of one byte, then a report of `consumed` packets. */
function packetAndReport(consumed: number): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1);
  view.setUint32(5, CONSUMED_WORD);
  view.setUint32(9, consumed);
  return bytes;
}

Deno.test("a report behind a packet drains the queue, too", async () => {
  const [here, there] = streamPair();
  const port = new PacketPort(new PacketChannel(here, { timers: new TestingTimers() }));
  let received = 0, drained = 0;
  port.onPacket(() => received++);
  port.onDrained(4, () => drained++);
  for (let count = 0; count < 10; count++) assert(port.send(new Uint8Array(1)));
  await there.write(packetAndReport(5));
  await settle();
  assert.deepEqual([received, port.queued, drained], [1, 5, 0]);
  await there.write(packetAndReport(2));
  await settle();
  assert.deepEqual([received, port.queued, drained], [2, 3, 1]);
  port.close();
});

Deno.test("who asks to be told when the queue is shorter than now is told", async () => {
  const [here, there] = streamPair();
  const port = new PacketPort(new PacketChannel(here, { timers: new TestingTimers() }));
  let drained = 0;
  port.onPacket(() => {});
  for (let count = 0; count < 10; count++) port.send(new Uint8Array(1));
  port.onDrained(5, () => drained++);
  await there.write(packetAndReport(6));
  await settle();
  assert.equal(drained, 1);
  port.close();
});

Deno.test("a pause does not make packets the other way drop: reports wait behind what is not taken", async () => {
  const [here, there] = streamPair();
  const port = new PacketPort(new PacketChannel(here, { timers: new TestingTimers() }), 8);
  port.pause();
  port.onPacket(() => {});
  for (let count = 0; count < 8; count++) assert(port.send(new Uint8Array(1)));
  assert.equal(port.send(new Uint8Array(1)), false);
  await there.write(packetAndReport(8));
  await settle();
  assert.equal(port.send(new Uint8Array(1)), true);
  port.resume();
  assert.deepEqual([port.queued, port.counters], [1, { sent: 9, received: 1, dropped: 1 }]);
  port.close();
});

Deno.test("where packets take long, others have their turn after a few, and none is lost", async () => {
  const [here, there] = streamPair();
  const timers = new TestingTimers();
  let now = 0;
  const port = new PacketPort(new PacketChannel(here, { timers }), undefined, {
    clock: { now: () => now },
    timers,
  });
  const rounds: number[] = [0];
  port.onPacket(() => {
    now++;
    rounds[rounds.length - 1]++;
  });
  // Packets of one byte: in one read.
  await there.write(new Uint8Array(500).map((_, index) => index % 5 === 3 ? 1 : 0));
  await settle();
  while (timers.armed > 0) {
    rounds.push(0);
    timers.advance(1);
    await settle();
  }
  assert.equal(port.counters.received, 100);
  assert.deepEqual(rounds, [48, 48, 4]);
  port.close();
});

Deno.test("a port that is closed while it rests hands on nothing more", async () => {
  const [here, there] = streamPair();
  const timers = new TestingTimers();
  let now = 0, received = 0;
  const time = { clock: { now: () => now }, timers };
  const port = new PacketPort(new PacketChannel(here, { timers }), undefined, time);
  port.onPacket(() => {
    now++;
    received++;
  });
  await there.write(new Uint8Array(500).map((_, index) => index % 5 === 3 ? 1 : 0));
  await settle();
  port.pause();
  port.resume();
  assert.deepEqual([received, timers.armed], [48, 1], "it rests, whatever it is told");
  port.close();
  assert.equal(timers.armed, 0);
});
