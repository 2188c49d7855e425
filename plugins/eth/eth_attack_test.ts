/** Tests of layers on Ethernet against stations that lie, repeat themselves, or send far too much. @module */
import assert from "node:assert/strict";
import { NameError, NotFoundError } from "../../core/contract/errors.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { QOS } from "../../core/contract/qos.ts";
import type { ShimMessage, ShimReply, ShimRequest } from "../../core/ipcp/shim/shim_message.ts";
import {
  bytesOf,
  EthWorld,
  forBoth,
  type HandMade,
  HASH,
  NONE,
  OTHER,
  type Station,
} from "../testing/ethernet.ts";

const MANY = 100_000;
const request = (requester: number, data: Uint8Array = bytesOf(36)): ShimRequest => ({
  code: "request",
  requester,
  qos: QOS.raw,
  hash: HASH,
  data,
});

/** The only reply that has come to a peer. */
function onlyReply(peer: HandMade): ShimReply {
  const replies = peer.messages("reply");
  assert.equal(replies.length, 1);
  const [reply] = replies;
  assert(reply.code === "reply");
  return reply;
}

/** A flow that a peer has asked a member for. */
function flowOf(world: EthWorld, station: Station, peer: HandMade, requester = 10): ShimReply {
  const before = peer.heard.length;
  peer.say(request(requester), station.device.address);
  world.wait(5);
  const { message } = peer.heard[before];
  assert(message.code === "reply" && message.response === 0);
  return message;
}

/** Calls `send` as often as a second has milliseconds, a hundred times each. */
function flood(world: EthWorld, send: (number: number) => void): void {
  for (let number = 0; number < MANY; number++) {
    send(number);
    if (number % 100 === 99) world.wait(1);
  }
}

forBoth("packets from another station, or to another address, do not get in", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  const [peer, other] = [world.peer(), world.peer()];
  station.device.promiscuous = true;
  const { responder } = flowOf(world, station, peer);
  const [flow] = station.offered;
  const own = station.device.address;
  other.frame(bytesOf(1), own, responder, 10);
  if (type.plugin.name === "eth-llc") peer.frame(bytesOf(2), own, responder, 11);
  peer.frame(bytesOf(3), other.device.address, responder, 10);
  peer.frame(bytesOf(4), new Uint8Array(6).fill(0xff), responder, 10);
  peer.frame(bytesOf(5), own, responder === 63 ? 62 : responder + 1, 10);
  peer.frame(bytesOf(6), own, responder, 10, own);
  world.wait(5);
  assert.deepEqual(flow.received, []);
  assert.deepEqual(station.dropped, {
    wrongPeer: type.plugin.name === "eth-llc" ? 2 : 1,
    unknownId: 1,
    foreign: 3,
  });
  peer.frame(bytesOf(7), own, responder, 10);
  world.wait(5);
  assert.deepEqual(flow.received, [bytesOf(7)]);
});

forBoth("a reply counts once, and only from the station that was asked", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const [peer, spoofer] = [world.peer(), world.peer()];
  const asked: number[] = [];
  peer.onMessage = (message, from) => {
    if (message.code === "query") peer.say({ code: "answer", hash: message.hash }, from);
    else if (message.code === "request") asked.push(message.requester);
  };
  const flow = station.request();
  world.wait(20);
  const [requester] = asked;
  const own = station.device.address;
  const reply = (responder: number, response: number): ShimMessage => (
    { code: "reply", requester, responder, response, data: NONE }
  );
  spoofer.say(reply(20, 0), own);
  peer.say(
    { ...reply(20, 0), code: "reply", requester: requester === 63 ? 62 : requester + 1 } as ShimReply,
    own,
  );
  peer.say(reply(0, 0), own);
  world.wait(5);
  const said = () => flow.reply?.response;
  assert.equal(said(), undefined);
  peer.say(reply(30, 0), own);
  peer.say(reply(31, 0), own);
  peer.say(reply(30, -1), own);
  world.wait(5);
  assert.equal(said(), 0);
  assert.equal(station.dropped.strayReply, 5);
  flow.write(bytesOf(1));
  world.wait(5);
  assert.equal(peer.data[0].to, 30);
});

forBoth("a flow is deallocated by its other end only", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  const [peer, spoofer] = [world.peer(), world.peer()];
  const { responder } = flowOf(world, station, peer);
  const own = station.device.address;
  const deallocate = (source: number, destination: number): ShimMessage => (
    { code: "deallocate", source, destination }
  );
  spoofer.say(deallocate(10, responder), own);
  peer.say(deallocate(11, responder), own);
  peer.say(deallocate(10, responder === 63 ? 62 : responder + 1), own);
  world.wait(5);
  const [flow] = station.offered;
  assert.equal(flow.lost, undefined);
  peer.say(deallocate(10, responder), own);
  peer.say(deallocate(10, responder), own);
  world.wait(5);
  assert.equal(flow.lost, "the other end has deallocated the flow");
  assert.equal(station.dropped.strayDeallocation, 4);
  station.deallocate(flow);
});

forBoth("a request that comes twice is answered twice, and makes one flow", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  const peer = world.peer();
  const first = flowOf(world, station, peer);
  assert.deepEqual(flowOf(world, station, peer), first);
  assert.equal(station.offered.length, 1);
  // Also while it waits for the process above, and then with one answer.
  station.ignore();
  for (let count = 0; count < 3; count++) peer.say(request(11), station.device.address);
  world.wait(5);
  assert.equal(station.requests.length, 2);
  assert.equal(peer.messages("reply").length, 2);
});

forBoth(
  "an id that a station uses again is for another flow; the old one ends when that is certain",
  (type) => {
    const world = new EthWorld(type);
    const station = world.station();
    station.register();
    const peer = world.peer();
    flowOf(world, station, peer);
    peer.say(request(10, bytesOf(37)), station.device.address);
    world.wait(5);
    const [old, young] = station.offered;
    assert(young);
    assert.equal(old.lost, undefined, "it may come from somebody else");
    const reply = peer.messages("reply")[1];
    assert(reply.code === "reply");
    peer.frame(NONE, station.device.address, reply.responder, 10);
    world.wait(5);
    assert.equal(old.lost, "the other end has given its id to another flow");
    assert.deepEqual([young.lost, young.received], [undefined, [NONE]]);
  },
);

forBoth("the answer to a request that was given up is not sent for the next one", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  const peer = world.peer();
  const late: (() => void)[] = [];
  station.upper.onRequest = (asked, done) =>
    void late.push(() => {
      const flow = station.upper.flow(asked.qos);
      done({ ok: true, value: flow });
      station.layer.respond(flow, { response: 0, data: bytesOf(late.length) }, (outcome) => {
        if (!outcome.ok) station.upper.free(flow);
      });
    });
  peer.say(request(10), station.device.address);
  peer.say(request(10, bytesOf(37)), station.device.address);
  world.wait(5);
  late[0]();
  world.wait(5);
  assert.equal(peer.messages("reply").length, 0);
  late[1]();
  world.wait(5);
  assert.equal(onlyReply(peer).response, 0);
  assert.equal(station.upper.open, 1);
});

forBoth("requests for unknown names are silent, those that nobody accepts are refused", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const peer = world.peer();
  const ask = () => {
    peer.say(request(10), station.device.address);
    world.wait(5);
  };
  ask();
  assert.deepEqual(station.dropped, { unknownName: 1 });
  station.register();
  station.upper.onRequest = (_request, done) => done({ ok: false, error: new NameError("no such name") });
  ask();
  assert.equal(peer.heard.length, 0);
  station.upper.onRequest = (_request, done) =>
    done({ ok: false, error: new NotFoundError("nobody accepts") });
  ask();
  assert.equal(onlyReply(peer).response, -2);
  station.accept({ response: -1008, data: NONE });
  ask();
  assert.equal(peer.messages("reply").length, 2);
});

forBoth("what may come from an impostor causes little to be sent", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  station.accept({ response: 0, data: bytesOf(1400) });
  const peer = world.peer();
  let [sent, received] = [0, 0];
  world.segment.onSend = (frame, from) =>
    from === peer.device ? sent += frame.length : received += frame.length;
  const last = type.plugin.name === "eth-llc" ? 60 : 2000;
  for (let requester = 2; requester < last; requester++) {
    peer.say(request(requester), station.device.address);
    if (requester % 2 === 0) world.wait(1);
  }
  world.wait(100);
  const seconds = last / 2000 + 0.1;
  assert(received <= 1.5 * sent + 32_768 + 16_384 * seconds, `${sent} bytes caused ${received}`);
  const responses = peer.messages("reply").map((message) => message.code === "reply" ? message.response : 1);
  assert(responses.includes(0) && responses.includes(-12), "large answers are given, but not too many");
});

forBoth("a hundred thousand queries and requests a second leave room for others", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const attacker = world.peer();
  const [flow, other] = world.connect(one, two);
  const busy = nameHash("cc".repeat(32));
  two.register(busy);
  two.upper.onRequest = (asked, done) => {
    if (asked.hash === busy) return;
    const accepted = two.upper.flow(asked.qos);
    done({ ok: true, value: accepted });
    two.layer.respond(accepted, { response: 0, data: NONE }, () => {});
  };
  const own = two.device.address;
  let asked: ReturnType<Station["request"]> | undefined;
  flood(world, (number) => {
    const address = Uint8Array.of(2, 9, number >> 24, number >> 16, number >> 8, number);
    if (number % 4 === 0) attacker.say({ code: "query", hash: HASH });
    else if (number % 4 === 1) attacker.say({ code: "query", hash: OTHER });
    else if (number % 4 === 2) attacker.say({ ...request(2 + number % 60), hash: busy, data: NONE }, own);
    else attacker.say({ ...request(2 + number % 60), hash: busy }, own, address);
    if (number === MANY / 2) {
      asked = one.request();
      flow.write(bytesOf(9));
    }
  });
  world.wait(100);
  assert.deepEqual(other.received, [bytesOf(9)]);
  assert.equal(asked?.reply?.response, 0, "a peer with a flow gets another one");
  const stats = JSON.parse(JSON.stringify(two.layer.stats?.()));
  assert(stats.peers.known <= 4096 && stats.peers.waitingRequests <= 1024, JSON.stringify(stats.peers));
  assert(stats.dropped.requestLimit > 10_000 && stats.dropped.answerLimit > 10_000);
  assert(attacker.messages("answer").length < 5000);
  assert.equal(world.time.armed < 100, true, "nothing waits for the requests");
});

forBoth("answers in masses do not fill the directory", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const attacker = world.peer();
  const own = station.device.address;
  station.finds(HASH);
  for (let number = 0; number < 5000; number++) {
    const address = Uint8Array.of(2, 9, 0, 0, number >> 8, number);
    attacker.say({ code: "answer", hash: HASH }, own, address);
    attacker.say({ code: "answer", hash: nameHash(number.toString(16).padStart(64, "0")) }, own);
  }
  world.wait(10);
  const stats = JSON.parse(JSON.stringify(station.layer.stats?.()));
  assert(stats.directory.entries <= 4);
  assert.equal(stats.dropped.strayAnswer, 5000);
});

forBoth("frames that do not parse are counted, and said once", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  const peer = world.peer();
  const own = station.device.address;
  const { headerBytes, managementId } = type.format;
  const header = type.format.header(own, peer.device.address, managementId, managementId);
  type.format.setLength(header, 200);
  const lying = new Uint8Array(headerBytes + 100);
  lying.set(header);
  for (let count = 0; count < 3; count++) peer.raw(lying);
  peer.raw(lying.subarray(0, headerBytes - 1));
  peer.frame(new Uint8Array(20), own, managementId, managementId);
  const unknown = new Uint8Array(80);
  unknown[type.format.management.code] = 200;
  peer.frame(unknown, own, managementId, managementId);
  peer.say(request(0), own);
  peer.say({ code: "query", hash: HASH }, own, Uint8Array.of(3, 0, 0, 0, 0, 1));
  world.wait(5);
  assert.deepEqual(station.dropped, { malformed: 8 });
  assert.deepEqual(station.lines.filter((line) => line.includes("Dropped")).length, 1);
});
