/** Tests of flows over Ethernet: how they come up, carry packets and end. @module */
import assert from "node:assert/strict";
import { FlowDownError } from "../../core/contract/errors.ts";
import type { Done } from "../../core/contract/outcome.ts";
import { QOS } from "../../core/contract/qos.ts";
import { bytesOf, EthWorld, forBoth, HASH, NONE, OTHER } from "../testing/ethernet.ts";

forBoth("a flow is allocated, and carries packets both ways, also empty ones and the largest", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.accept({ response: 0, data: bytesOf(84) });
  two.register();
  const data = bytesOf(36);
  const flow = one.allocate(HASH, data);
  assert.deepEqual(flow.reply, { response: 0, data: bytesOf(84) });
  assert.deepEqual(two.requests, [{ hash: HASH, qos: QOS.raw, data }]);
  const largest = type.format.maxPacket(1500);
  assert.equal(largest, type.plugin.name === "eth-dix" ? 1496 : 1497);
  assert.equal(one.layer.maxPacket, largest);
  assert.equal(one.layer.mpl, 100);
  const packets = [NONE, bytesOf(1), bytesOf(64), bytesOf(largest)];
  const [other] = two.offered;
  for (const packet of packets) {
    flow.write(packet.slice());
    other.write(packet.slice());
  }
  flow.write(bytesOf(largest + 1));
  world.wait(10);
  assert.deepEqual([flow.received, other.received], [packets, packets]);
  assert.equal(one.layer.stats?.().tooLong, 1);
});

forBoth("frames have the recorded form", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const frames: string[] = [];
  world.segment.onSend = (frame) => frames.push(frame.toHex());
  const [flow] = world.connect(one, two);
  flow.write(new TextEncoder().encode("ABCDEFGHIJ"));
  flow.write(NONE);
  const [query, answer, request, reply, data, empty] = frames;
  const rest = "0".repeat(56);
  if (type.plugin.name === "eth-dix") {
    assert.equal(query, `ffffffffffff020000000001a0000000004700000000${rest}00000000000200${HASH}`);
    assert.equal(answer, `020000000001020000000002a0000000004700000000${rest}00000000000300${HASH}`);
    const [own, others] = [request.slice(36, 40), reply.slice(36, 40)];
    assert(request.startsWith(`020000000002020000000001a00000000047${own}0000`), request);
    assert(request.endsWith(`0001d4c000000000000000${HASH}`), request);
    assert.equal(reply, `020000000001020000000002a00000000027${others}${own}${rest}00000000000100`);
    assert.equal(data, `020000000002020000000001a000${others}000a4142434445464748494a`);
    assert.equal(empty, `020000000002020000000001a000${others}0000`);
    assert(parseInt(own, 16) >= 64 && parseInt(others, 16) >= 64);
  } else {
    assert.equal(query, `ffffffffffff020000000001004880800300000200${rest}0000000000${HASH}`);
    assert.equal(answer, `020000000001020000000002004880800300000300${rest}0000000000${HASH}`);
    const [own, others] = [request.slice(34, 36), reply.slice(34, 36)];
    assert(request.startsWith(`0200000000020200000000010048808003${own}000000`));
    assert.equal(reply, `0200000000010200000000020028808003${others}${own}0100${rest}0000000000`);
    assert.match(data, /^020000000002020000000001000d.{4}034142434445464748494a$/);
    assert.match(empty, /^0200000000020200000000010003.{4}03$/);
  }
});

forBoth("a refusal reaches the requester with its number, and frees the end", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  for (const response of [-1009, -1008, -1]) {
    two.accept({ response, data: NONE });
    two.register();
    assert.equal(one.allocate().reply?.response, response);
  }
  world.wait(10_000);
  assert.deepEqual([one.upper.open, two.upper.open], [0, 0]);
  assert.deepEqual(one.layer.stats?.().flows, []);
});

forBoth(
  "the other end is told of a deallocation, once it has all packets; a lost message is made good",
  (type) => {
    for (const lossy of [false, true]) {
      const world = new EthWorld(type);
      const [one, two] = [world.station(), world.station()];
      const [flow, other] = world.connect(one, two);
      other.write(bytesOf(1));
      world.wait(5);
      one.deallocate(flow, 50);
      flow.write(bytesOf(5));
      world.wait(40);
      assert.deepEqual([flow.gone, other.lost, other.received.length], [false, undefined, 1], "it lingers");
      world.segment.impairment = () => lossy ? [] : [0];
      world.wait(30);
      assert(flow.gone);
      world.segment.impairment = undefined;
      if (lossy) world.wait(1000);
      assert.equal(other.lost, "the other end has deallocated the flow");
      other.write(bytesOf(2));
      two.deallocate(other);
      world.wait(5000);
      assert.equal(two.upper.open, 0);
      assert.deepEqual(one.dropped, {}, "nothing was sent on a flow that is gone");
    }
  },
);

forBoth("packets that overtake the reply arrive", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const peer = world.peer();
  peer.onMessage = (message, from) => {
    if (message.code === "query") peer.say({ code: "answer", hash: message.hash }, from);
    if (message.code !== "request") return;
    const { requester } = message;
    peer.frame(bytesOf(3), from, requester, 40);
    peer.say({ code: "reply", requester, responder: 40, response: 0, data: NONE }, from);
    peer.frame(bytesOf(4), from, requester, 40);
  };
  const flow = station.allocate();
  assert.equal(flow.reply?.response, 0);
  assert.deepEqual(flow.received, [bytesOf(3), bytesOf(4)]);
  flow.write(bytesOf(2));
  world.wait(5);
  assert.deepEqual([peer.data[0].to, peer.data[0].payload], [40, bytesOf(2)]);
});

forBoth("a requester that gives up takes a late acceptance back", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  assert(one.finds());
  world.segment.impairment = () => [500];
  const flow = one.request();
  world.wait(700);
  one.deallocate(flow);
  world.wait(2000);
  assert.equal(flow.reply, undefined);
  assert.deepEqual(two.offered.map(({ lost }) => lost), ["the other end has deallocated the flow"]);
});

forBoth("the other ends are told when an IPCP stops", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [, other] = world.connect(one, two);
  one.layer.shutdown();
  one.upper.over = true;
  world.wait(10);
  assert.equal(other.lost, "the other end has deallocated the flow");
});

forBoth("flows to a name that is registered here stay inside, and use no id", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  let frames = 0;
  world.segment.onSend = () => frames++;
  station.register();
  assert(station.finds());
  for (let count = 0; count < 100; count++) {
    const flow = station.allocate();
    assert.equal(flow.reply?.response, 0);
    assert.equal(flow.spliced, station.offered.at(-1));
  }
  assert.equal(frames, 0);
});

forBoth("ids are not given again for a while; all of them can be used", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  const { firstId, lastId } = type.format.ids;
  const many = Math.min(62, lastId - firstId + 1);
  const flows = Array.from({ length: many }, () => one.allocate());
  assert(flows.every(({ reply }) => reply?.response === 0));
  const used = new Set<number>();
  const peer = world.peer();
  world.segment.onSend = (frame) => used.add(type.format.destination(frame));
  for (const flow of flows) flow.write(bytesOf(1));
  world.wait(10);
  assert.equal(used.size, many, "each flow has an id of its own");
  if (many === 62) {
    const outcome = one.allocate(OTHER);
    assert((outcome.reply?.response ?? 0) < 0);
  }
  for (const flow of flows) one.deallocate(flow);
  for (const other of two.offered.splice(0)) two.deallocate(other);
  world.wait(20);
  if (type.plugin.name === "eth-llc") {
    assert.equal(one.allocate().reply?.response, -12, "all ids rest");
  }
  world.wait(500);
  assert.equal(one.allocate().reply?.response, 0);
  assert.equal(peer.data.length, 0);
});

forBoth("a refused bootstrap says why", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  assert.throws(
    () => station.bootstrap(type, { device: "nope" }),
    /NotFoundError: this host has no device nope/,
  );
});

forBoth("an answer of the process above that cannot be sent is refused there", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  station.accept({ response: 0, data: bytesOf(1500) });
  const peer = world.peer();
  const request = { code: "request", requester: 5, qos: QOS.raw, hash: HASH, data: bytesOf(1400) } as const;
  peer.say(request, station.device.address);
  world.wait(10);
  const [reply] = peer.messages("reply");
  assert(reply.code === "reply" && reply.response === -90 && reply.data.length === 0);
  assert.equal(station.upper.open, 0);
  station.accept({ response: 0, data: NONE });
  world.segment.impairment = () => [];
  station.device.up = false;
  const flow = station.upper.flow(QOS.raw);
  const failed = station.ask((
    done: Done,
  ) => station.layer.allocate(flow, { hash: OTHER, qos: QOS.raw, data: NONE }, done));
  assert(!failed.ok && failed.error instanceof FlowDownError);
  assert.match(failed.error.message, /is down or has no carrier/);
});
