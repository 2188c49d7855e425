/** Tests of a device that gets another address, and of peers that do. @module */
import assert from "node:assert/strict";
import { macAddress } from "../../core/wire/ethernet_frame.ts";
import { bytesOf, EthWorld, forBoth, HASH, NONE, OTHER, type Station } from "../testing/ethernet.ts";

/** The new address. */
const NEW = macAddress(Uint8Array.of(2, 0, 0, 0, 9, 9));
const CHANGE = /the address of eth0 has changed from 02:00:00:00:00:01 to 02:00:00:00:09:09/;

const log = ({ lines }: Station): string => lines.join("\n");

forBoth("flows go on at once when the device has a new address; log and statistics say so", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  const [back, forth] = world.connect(two, one, OTHER);
  one.device.address = NEW;
  for (const end of [flow, forth]) end.write(bytesOf(3));
  world.wait(5);
  assert.deepEqual([other, back].map(({ received }) => received), [[bytesOf(3)], [bytesOf(3)]]);
  for (const end of [other, back]) end.write(bytesOf(4));
  world.wait(5);
  assert.deepEqual([flow, forth].map(({ received }) => received), [[bytesOf(4)], [bytesOf(4)]]);
  world.wait(5000);
  assert.deepEqual([flow, other, back, forth].map(({ lost }) => lost), Array(4).fill(undefined));
  assert.equal(one.layer.stats?.().address, "02:00:00:00:09:09");
  assert.match(log(one), CHANGE);
  one.deallocate(flow);
  world.wait(50);
  assert.equal(other.lost, "the other end has deallocated the flow");
});

forBoth("new flows work at once both ways when the device has a new address", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  one.register();
  two.register();
  assert.deepEqual([one.finds(), two.finds()], [true, true]);
  one.device.address = NEW;
  world.wait(5);
  assert.equal(two.allocate(HASH, NONE, 50).reply?.response, 0);
  one.unregister();
  assert.equal(one.allocate(HASH, NONE, 50).reply?.response, 0);
});

forBoth("a flow ends with the reason when its other end does not answer at the new address", (type) => {
  const world = new EthWorld(type);
  const station = world.station(), peer = world.peer();
  peer.onMessage = (message, from) => {
    if (message.code === "query") peer.say({ code: "answer", hash: message.hash }, from);
    if (message.code !== "request") return;
    peer.say({ code: "reply", requester: message.requester, responder: 40, response: 0, data: NONE }, from);
  };
  const flow = station.allocate();
  station.device.address = NEW;
  world.wait(1800);
  assert.equal(flow.lost, undefined);
  world.wait(200);
  assert.match(flow.lost ?? "", CHANGE);
  assert.match(flow.lost ?? "", /and the other end does not answer since$/);
  const moves = peer.heard.filter(({ message }) => message.code === "move");
  assert.deepEqual(moves.map(({ group }) => group), [true, false, false, false, false]);
  assert(moves.every(({ from }) => from.toHex() === "020000000001"), "they come from the old address");
});

forBoth("news of an address that get lost are told again", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  world.segment.impairment = () => [];
  one.device.address = NEW;
  world.wait(500);
  world.segment.impairment = undefined;
  world.wait(3000);
  flow.write(bytesOf(1));
  world.wait(5);
  assert.deepEqual([flow.lost, other.received], [undefined, [bytesOf(1)]]);
});

forBoth("what waits for an answer when the address changes fails with the reason", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  two.ignore();
  const asking = one.request();
  world.wait(100);
  one.device.address = NEW;
  assert.equal(asking.reply?.response, -1005);
});

forBoth("a flow that is offered when the address changes comes up when it is accepted", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  two.upper.onRequest = (request, done) => {
    const flow = two.upper.flow(request.qos);
    two.offered.push(flow);
    done({ ok: true, value: flow });
  };
  const flow = one.request();
  world.wait(100);
  two.device.address = NEW;
  world.wait(100);
  two.layer.respond(two.offered[0], { response: 0, data: NONE }, (outcome) => assert(outcome.ok));
  world.wait(5);
  assert.equal(flow.reply?.response, 0);
  flow.write(bytesOf(2));
  world.wait(5);
  assert.deepEqual(two.offered[0].received, [bytesOf(2)]);
});

forBoth("an address that changes while the device is down is told when it is up", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  one.device.up = false;
  one.device.address = NEW;
  world.wait(10_000);
  one.device.up = true;
  flow.write(bytesOf(1));
  world.wait(3000);
  assert.deepEqual([flow.lost, other.received], [undefined, [bytesOf(1)]]);
});

forBoth(
  "a device that comes back with another address: flows end at both sides, new ones work at once",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    const [flow, other] = world.connect(one, two);
    one.register();
    assert(two.finds(HASH));
    one.device.remove();
    one.device.address = NEW;
    assert.match(flow.lost ?? "", /is gone/);
    world.wait(5000);
    assert.equal(other.lost, undefined);
    one.device.restore();
    world.wait(300);
    assert.equal(other.lost, "the other end has deallocated the flow");
    two.unregister();
    assert.equal(two.allocate(HASH, NONE, 50).reply?.response, 0);
  },
);

forBoth("nobody else moves a flow, nor whoever does not know both ends", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const stranger = world.peer();
  const [flow, other] = world.connect(one, two);
  const [{ localId, remoteId }] = one.layer.stats?.().flows as unknown as {
    localId: number;
    remoteId: number;
  }[];
  const { address } = stranger.device;
  const move = { code: "move", source: localId, destination: remoteId, address } as const;
  stranger.say(move, two.device.address);
  stranger.say({ ...move, source: localId + 1 }, two.device.address, one.device.address);
  stranger.say({ ...move, destination: remoteId + 1 }, two.device.address, one.device.address);
  stranger.say({ ...move, address: Uint8Array.of(3, 0, 0, 0, 0, 1) }, two.device.address, one.device.address);
  stranger.say({ ...move, source: 0, destination: 0 });
  world.wait(10);
  other.write(bytesOf(5));
  flow.write(bytesOf(6));
  world.wait(10);
  assert.deepEqual([flow.received, other.received], [[bytesOf(5)], [bytesOf(6)]]);
  assert.deepEqual([two.dropped.strayNotice, two.dropped.malformed], [3, 1]);
  assert.equal(stranger.data.length, 0);
});
