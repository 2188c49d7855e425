/** Tests of data transfer: what becomes of each kind of packet, and back-pressure. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { address, fd } from "../../../core/contract/ids.ts";
import { writeDataTransferHeader } from "../wire/data_transfer_header.ts";
import { Line, LinkEnd, type LinkOptions } from "../../testing/unicast_line.ts";

const FAST: LinkOptions = { rate: 1e9, delay: 1 };

/** A packet as a neighbour sends it. */
function packet(
  to: number,
  ttl: number,
  [high, low]: readonly [number, number],
  cube: 0 | 1 | 2 = 0,
): Uint8Array {
  const bytes = new Uint8Array(16);
  writeDataTransferHeader(bytes, to, cube, ttl, 0, high, low);
  bytes[15] = 0x55;
  return bytes;
}

/** A line of three, and what comes out at the end of the last link. */
function forwarder() {
  const line = new Line("none", [FAST, FAST]);
  const out: Uint8Array[] = [];
  line.links[1][1].onPacket((bytes) => out.push(bytes.slice()));
  const receive = (bytes: Uint8Array) => {
    line.links[0][1].arrive(bytes);
    line.time.advance(5);
  };
  return { line, middle: line.members[1], out, receive };
}

/** The counters of an N-1 flow of the middle member that are not 0. */
function counted(member: Line["members"][number], of: number): Record<string, number> {
  const { flows } = JSON.parse(JSON.stringify(member.dataTransfer.stats()));
  const { cubes } = flows.find((flow: { fd: number }) => flow.fd === of);
  return Object.fromEntries(
    Object.entries<{ packets: number }>(cubes[0]).filter(([, { packets }]) => packets > 0).map((
      [name, { packets }],
    ) => [name, packets]),
  );
}

Deno.test("a packet is forwarded with one hop less, and otherwise as it is", () => {
  const { middle, out, receive } = forwarder();
  receive(packet(3, 60, [1, 2], 2));
  assert.deepEqual(out, [packet(3, 59, [1, 2], 2)]);
  receive(packet(3, 2, [1, 2]));
  assert.equal(out[1][5], 1);
  assert.deepEqual([counted(middle, 64), counted(middle, 65)], [{ received: 1 }, { sent: 1 }]);
});

Deno.test("hops that are used up, and packets without a way, are dropped and counted", () => {
  const { middle, out, receive } = forwarder();
  receive(packet(3, 1, [1, 2]));
  receive(packet(3, 0, [1, 2]));
  receive(packet(9, 60, [1, 2]));
  assert.deepEqual(out, []);
  assert.deepEqual(counted(middle, 64), { received: 3, droppedTtl: 2, failedNextHop: 1 });
});

Deno.test("a packet is never sent back to the neighbour that it came from, and counted on its own", () => {
  const { line, middle, receive } = forwarder();
  const back: Uint8Array[] = [];
  line.links[0][0].onPacket((bytes) => back.push(bytes.slice()));
  receive(packet(1, 60, [1, 2]));
  assert.deepEqual(back, []);
  assert.deepEqual(counted(middle, 64), { received: 1, droppedLoop: 1 });
});

Deno.test("while routes change, a packet that has made more hops than there are members is dropped; else it is not", () => {
  const { line, middle, out, receive } = forwarder();
  const table = new Map([[address(1), [fd(64)]], [address(3), [fd(65)]]]);
  receive(packet(3, 40, [1, 2]));
  middle.dataTransfer.replaceTable(table);
  receive(packet(3, 40, [1, 2]));
  receive(packet(3, 59, [1, 2]));
  line.time.advance(10_000);
  receive(packet(3, 40, [1, 2]));
  assert.equal(out.length, 3);
  assert.deepEqual(counted(middle, 64), { received: 4, droppedLoop: 1 });
});

Deno.test("hops do not matter at the destination", () => {
  const { middle, receive } = forwarder();
  const got: Uint8Array[] = [];
  middle.dataTransfer.component(5, "test", (payload) => got.push(payload.slice()));
  receive(packet(2, 0, [0, 5]));
  assert.deepEqual(got, [Uint8Array.of(0x55)]);
  assert.deepEqual(counted(middle, 64), { received: 1, localReceived: 1 });
});

Deno.test("no packet, however short or odd, does harm", () => {
  const { line, middle, receive } = forwarder();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => receive(bytes)));
  receive(packet(2, 60, [0, 63]));
  const warnings = line.members[1].log.lines.filter((text) => text.startsWith("dt(WW)"));
  assert(warnings.length >= 1 && warnings.length <= 2, String(warnings));
  receive(packet(3, 60, [1, 2]));
  assert.equal(counted(middle, 65).sent > 0, true);
});

Deno.test("no way: the sender is told, and the log gets a line a second", () => {
  const { line, middle } = forwarder();
  for (let count = 0; count < 50; count++) {
    assert.equal(middle.dataTransfer.send(address(77), 0, 1, 0, Uint8Array.of(1)), false);
    line.time.advance(100);
  }
  const lines = middle.log.lines.filter((text) => text === "dt(DB): Could not get nhop for addr 77.");
  assert.equal(lines.length, 5);
});

Deno.test("a flow that is gone is not used, though the table still has it", () => {
  const { line, middle, receive } = forwarder();
  middle.dataTransfer.removeFlow(fd(65));
  receive(packet(3, 60, [1, 2]));
  assert.deepEqual(counted(middle, 64), { received: 1, failedNextHop: 1 });
  const again = new LinkEnd(fd(65), line.time, FAST);
  middle.dataTransfer.addFlow(again, address(3));
  receive(packet(3, 60, [1, 2]));
  line.time.advance(1);
  assert.equal(again.longest, 1);
  assert.equal(middle.log.lines.filter((text) => text === "dt(DB): Added fd 65 to SDU scheduler.").length, 2);
});

Deno.test("users wait while the queue is long, and go on in their turn; nothing is lost", () => {
  const line = new Line("none", [{ rate: 100e6, delay: 1 }]);
  const flows = Array.from({ length: 4 }, () => line.flow());
  for (const [source] of flows) {
    for (let count = 0; count < 2000; count++) source.write(new Uint8Array(1000));
  }
  line.time.advance(320);
  const received = flows.map(([, sink]) => sink.received);
  assert(Math.min(...received) > 500, String(received));
  line.time.advance(2000);
  assert.deepEqual(flows.map(([, sink]) => sink.received), [2000, 2000, 2000, 2000]);
  assert(line.links[0][0].longest < 800, String(line.links[0][0].longest));
});

Deno.test("users of large packets wait for bytes", () => {
  const line = new Line("none", [{ rate: 100e6, delay: 1 }]);
  const [source, sink] = line.flow();
  for (let count = 0; count < 100; count++) source.write(new Uint8Array(60_000));
  assert(line.links[0][0].longest < 30, String(line.links[0][0].longest));
  line.time.advance(1000);
  assert.equal(sink.received, 100);
});

Deno.test("users that wait for a flow that goes away find out", () => {
  const line = new Line("none", [{ rate: 1e6, delay: 1 }]);
  const [source] = line.flow();
  source.greedy = 1000;
  source.resume();
  assert.equal(source.paused, true);
  source.greedy = undefined;
  line.members[0].dataTransfer.removeFlow(fd(65));
  assert.equal(source.paused, false);
});
