/** What the layer tells a flow while it is up: its largest packet, and that it is suspended. */
import assert from "node:assert/strict";
import { MessageSizeError, TimedOutError, WouldBlockError } from "../contract/errors.ts";
import { fd, flowId } from "../contract/ids.ts";
import { QOS } from "../contract/qos.ts";
import { PacketChannel } from "./channel/packet_channel.ts";
import { type Flow, makeFlow } from "./flow.ts";
import { FlowSet } from "./flow_set.ts";
import { PacketPort } from "./channel/packet_port.ts";
import { streamPair } from "../testing/stream.ts";
import { TestingTimers } from "../testing/timers.ts";

/** Lets everything run that can. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

/** A flow, and the IPCP's end of it. */
function flowOverLayer(maxPacket = 5000, capacity = 64 * 1024): { flow: Flow; port: PacketPort } {
  const timers = new TestingTimers();
  const [here, there] = streamPair(capacity);
  const info = {
    id: flowId(3),
    name: "echo",
    qos: QOS.raw,
    mpl: 100,
    maxPacket,
    data: new Uint8Array(0),
    security: { cipher: undefined, peer: undefined },
    ends: "two" as const,
  };
  const channel = new PacketChannel(here, { timers, maxPacket });
  const flow = makeFlow({ fd: fd(64), info, channel, timers, release: () => Promise.resolve() });
  return { flow, port: new PacketPort(new PacketChannel(there, { timers })) };
}

const size = (length: number) => new Uint8Array(length);

Deno.test("the largest packet is that of the allocation until the layer says otherwise", async () => {
  const { flow, port } = flowOverLayer();
  const lengths: number[] = [];
  port.onPacket((packet) => lengths.push(packet.length));
  assert.equal(flow.maxPacket, 5000);
  await flow.write(size(5000));
  const error = await flow.write(size(5001)).catch((error) => error);
  assert(error instanceof MessageSizeError);
  assert.match(error.message, /5001 bytes.*flow 64 \(echo\).*5000 bytes/);
  port.limit(1200);
  await settle();
  assert.equal(flow.maxPacket, 1200);
  await assert.rejects(flow.write(size(1201)), MessageSizeError);
  assert.throws(() => flow.tryWrite(size(1201)), MessageSizeError);
  port.limit(2 ** 32 - 1);
  await settle();
  assert.equal(flow.maxPacket, 1_048_576);
  await flow.write(size(9000));
  await settle();
  assert.deepEqual(lengths, [5000, 9000]);
  port.close();
  await flow.deallocate();
});

Deno.test("a write that waits fails when its packet has become too large; the next one goes on", async () => {
  const { flow, port } = flowOverLayer(1_000_000, 100);
  for (let count = 0; count < 3; count++) await flow.write(size(200_000));
  flow.nonBlocking = true;
  await assert.rejects(flow.write(size(200_000)), WouldBlockError);
  flow.nonBlocking = false;
  const [large, small] = [flow.write(size(200_000)), flow.write(size(10))];
  port.limit(100);
  await assert.rejects(large, /flow 64 \(echo\) carries at most 100 bytes now/);
  port.onPacket(() => {});
  await small;
  port.close();
  await flow.deallocate().catch(() => {});
});

Deno.test("a suspended flow is not ended; a set tells of it, before packets that come later, and of its return", async () => {
  const { flow, port } = flowOverLayer();
  const set = new FlowSet();
  set.add(flow);
  assert.equal(flow.suspended, false);
  port.suspend(true);
  port.send(size(1));
  await settle();
  assert.deepEqual([flow.suspended, flow.down], [true, undefined]);
  assert.deepEqual(await set.next(), { type: "down", flow });
  assert.deepEqual(await set.next(), { type: "packet", flow });
  assert.equal(flow.tryRead()?.length, 1);
  await flow.write(size(1));
  const next = set.next();
  port.suspend(false);
  assert.deepEqual(await next, { type: "up", flow });
  assert.equal(flow.suspended, false);
  port.suspend(true);
  await settle();
  port.suspend(false);
  await settle();
  await assert.rejects(set.next({ timeout: 0 }), TimedOutError);
  port.suspend(true);
  await settle();
  set.clear();
  set.add(flow);
  assert.deepEqual(await set.next(), { type: "down", flow });
  set.clear();
  port.close();
  await flow.deallocate();
});

Deno.test("news cost one frame each while the other end does not read, whatever their number", async () => {
  const [here, there] = streamPair(4);
  const channel = new PacketChannel(here, { timers: new TestingTimers() });
  for (let limit = 1; limit <= 1000; limit++) {
    channel.limit(limit);
    channel.suspend(limit % 2 === 0);
  }
  const bytes: number[] = [];
  const buffer = size(100);
  for (let round = 0; round < 30; round++) {
    while (here.unread > 0) bytes.push(...buffer.subarray(0, await there.read(buffer) ?? 0));
    await settle();
  }
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const words = Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index));
  assert.deepEqual(words.slice(0, 2), [0x83000004, 1]);
  assert.deepEqual(words.slice(2), [0x83000004, 1000, 0x84000004, 1]);
  channel.close();
});

Deno.test("a port learns of changes from its other end, and drops what is too large", async () => {
  const [here, there] = streamPair();
  const timers = new TestingTimers();
  const port = new PacketPort(new PacketChannel(here, { timers, maxPacket: 1000 }));
  const layer = new PacketPort(new PacketChannel(there, { timers }));
  const changes: [number, boolean][] = [];
  port.onChange(() => changes.push([port.maxPacket, port.suspended]));
  assert.deepEqual([port.send(size(1001)), port.send(size(990), size(10))], [false, true]);
  layer.limit(500);
  layer.suspend(true);
  await settle();
  assert.deepEqual(changes, [[500, false], [500, true]]);
  assert.deepEqual([port.send(size(495), size(10)), port.counters.dropped], [false, 2]);
  port.close();
  layer.close();
});
