/** Tests of packet sizes over links that carry different ones, in virtual time. @module */
import assert from "node:assert/strict";
import { address, fd, flowId } from "../../../core/contract/ids.ts";
import { QOS } from "../../../core/contract/qos.ts";
import { SeededRandom } from "../../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../../core/sim/virtual_time.ts";
import { decodeFlowAllocationMessage, type FlowAllocationMessage } from "../wire/flow_allocation_message.ts";
import { Application, Line, type LinkOptions } from "../../testing/unicast_line.ts";
import { PathMtus } from "./path_mtus.ts";

const FAST: LinkOptions = { rate: 1e9, delay: 1 };

const line = (...sizes: number[]) => new Line("none", sizes.map((maxPacket) => ({ ...FAST, maxPacket })));

/** Packets that the flow's end towards the next member has dropped for their size. */
function droppedForSize({ dataTransfer }: Line["members"][number]): number {
  const { flows } = JSON.parse(JSON.stringify(dataTransfer.stats()));
  const next = flows.find((flow: { fd: number }) => flow.fd === 65);
  return next.cubes[0].droppedSize.packets;
}

Deno.test("flows over links of one size are told that size, at both ends", () => {
  const all = line(1500, 1500);
  const [one, other] = all.flow();
  assert.deepEqual([one.maxPacket, other.maxPacket], [1485, 1485]);
  assert.deepEqual(all.members.map(({ dataTransfer }) => dataTransfer.maxPayload), [1485, 1485, 1485]);
});

Deno.test("a link in the middle that carries less is found out, and what is larger is dropped by name", () => {
  const all = line(9000, 1468, 9000);
  const [one, other] = all.flow();
  all.time.advance(30_000);
  assert(droppedForSize(all.members[1]) > 0);
  assert.deepEqual([one.maxPacket, other.maxPacket], [1453, 1453]);
  one.write(new Uint8Array(1453));
  other.write(new Uint8Array(1453));
  all.time.advance(10);
  assert.deepEqual([one.received, other.received], [1, 1]);
  const second = all.flow();
  assert.deepEqual(second.map(({ maxPacket }) => maxPacket), [1453, 1453], "it is known by now");
});

Deno.test("what was written for a larger path arrives in parts, and as it was", () => {
  const all = line(9000, 9000, 9000);
  const [one, other] = all.flow();
  all.time.advance(1000);
  assert.equal(one.maxPacket, 8985);
  for (const end of all.links[1]) end.resize(1300);
  all.members[0].allocator.routesChanged();
  all.time.advance(1000);
  assert(one.maxPacket !== undefined && one.maxPacket <= 1285, `${one.maxPacket}`);
  for (const size of [8985, 1286, 1285, 4000]) {
    const packet = Uint8Array.from({ length: size }, (_, at) => at * 7);
    one.write(packet);
    all.time.advance(100);
    assert.deepEqual(other.last, packet);
  }
  assert.equal(other.received, 4);
});

Deno.test("flows over mixed links carry what is told within a few round trips", () => {
  const all = line(9000, 1468, 9000);
  const [one, other] = all.flow();
  all.time.advance(200);
  assert.equal(one.maxPacket, 1453);
  one.write(new Uint8Array(8985));
  all.time.advance(100);
  assert.equal(other.last.length, 8985);
});

Deno.test("each end has the size of its own direction, and follows what its first hop carries", () => {
  const all = line(9000, 9000);
  const [one, other] = all.flow();
  all.links[1][1].resize(4000);
  assert.deepEqual([one.maxPacket, other.maxPacket], [8985, 3985]);
  all.links[1][1].resize(9000);
  all.time.advance(100);
  assert.equal(other.maxPacket, 8985);
  all.links[1][0].resize(1300);
  all.time.advance(40_000);
  assert.deepEqual([one.maxPacket !== undefined && one.maxPacket <= 1285, other.maxPacket], [true, 8985]);
});

Deno.test("no packet is larger than 64 KiB, whatever the links carry", () => {
  const all = line(1 << 20);
  const [one] = all.flow();
  assert.equal(one.maxPacket, 65_536);
});

Deno.test("flows that end leave no timers, and flows that come and go cause no probes", () => {
  const all = line(1500, 1500);
  const [first, last] = all.ends;
  let probes = 0;
  const { send } = all.links[0][0];
  all.links[0][0].send = (packet, header) => {
    if (packet.length === 1485 && packet[58] === 4) probes++;
    return send.call(all.links[0][0], packet, header);
  };
  for (let count = 0; count < 50; count++) {
    const [one, other] = all.flow();
    first.deallocate(one);
    all.time.advance(100);
    last.deallocate(other);
  }
  assert.equal(probes, 1);
  all.time.advance(60_000);
  assert.equal(all.time.armed, 0);
});

/** One member's paths, and what it sends. */
function paths(own = 1) {
  const time = new VirtualTime();
  time.advance(1000);
  const sent: [to: number, message: FlowAllocationMessage][] = [];
  const sizes = new PathMtus({
    ports: { clock: time, random: new SeededRandom(own) },
    own: address(own),
    send: (to, bytes) => void sent.push([to, decodeFlowAllocationMessage(bytes, 32)]),
    after: (delay, run) => time.after(delay, run),
  });
  sizes.limit(8985);
  return { time, sent, sizes };
}

const flow = (time: VirtualTime) => new Application(flowId(0), fd(64), QOS.raw, time);
const probe = (source: number) =>
  ({ kind: "probe", source: address(source), id: { high: 5, low: 6 }, size: 4000 }) as const;

Deno.test("probes are answered with few bytes, large ones to members with a flow only, and not too many", () => {
  const { time, sent, sizes } = paths();
  sizes.probed(probe(2));
  assert.deepEqual(sent, []);
  sizes.probed({ ...probe(2), size: 61 });
  assert.deepEqual(sent.splice(0), [[2, { kind: "probe answer", id: { high: 5, low: 6 }, size: 61 }]]);
  time.advance(1000);
  sizes.met(address(2));
  sizes.probed(probe(2));
  assert.deepEqual(sent, [[2, { kind: "probe answer", id: { high: 5, low: 6 }, size: 4000 }]]);
  for (let count = 0; count < 5000; count++) sizes.probed(probe(2));
  assert.equal(sent.length, 1000);
  time.advance(1000);
  sizes.probed(probe(2));
  assert.equal(sent.length, 1001);
  sizes.left(address(2));
  sizes.probed(probe(2));
  assert.equal(sent.length, 1001);
  assert.equal(sizes.stats().refused, 4003);
});

Deno.test("probes to many members go out one after the other, each member's on its own", () => {
  const { time, sent, sizes } = paths();
  for (let remote = 2; remote < 102; remote++) {
    sizes.met(address(remote));
    sizes.opened(address(remote), flow(time));
  }
  const answer = () => {
    for (const [, message] of sent.splice(0)) {
      if (message.kind === "probe") sizes.answered({ ...message, kind: "probe answer" });
    }
  };
  time.advance(10);
  answer();
  time.advance(90);
  assert(sent.length >= 9 && sent.length <= 12, `${sent.length} probes of 9 KB in 90 ms`);
  for (let waited = 0; waited < 3000; waited += 10) {
    answer();
    time.advance(10);
  }
  const { paths: known } = JSON.parse(JSON.stringify(sizes.stats()));
  assert.equal(known.length, 100);
  assert(known.every(({ state }: { state: string }) => state === "known"));
  const before = Number(sizes.stats().strayAnswers);
  sizes.answered({ kind: "probe answer", id: { high: 1, low: 2 }, size: 8985 });
  sizes.answered({ kind: "probe answer", id: { high: 1, low: 999 }, size: 8985 });
  assert.equal(Number(sizes.stats().strayAnswers) - before, 2);
});

Deno.test("flows within one member are told nothing, and paths that nobody uses are forgotten in the end", () => {
  const { time, sizes, sent } = paths();
  sizes.met(address(1));
  const own = flow(time);
  sizes.opened(address(1), own);
  assert.equal(own.maxPacket, undefined);
  sizes.closed(address(1), own);
  sizes.left(address(1));
  for (let remote = 2; remote < 3000; remote++) {
    const user = flow(time);
    sizes.met(address(remote));
    sizes.opened(address(remote), user);
    sizes.closed(address(remote), user);
    sizes.left(address(remote));
  }
  assert.deepEqual([time.armed, sent.length, sizes.stats().paths], [0, 0, []]);
});
