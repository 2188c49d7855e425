/** Tests of members of layers over UDP among strangers: forged, damaged and late datagrams, floods, reflection. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { nameHash } from "../../core/contract/ids.ts";
import { at } from "../../core/sim/network/udp_network.ts";
import { addressOf, formatEndpoint } from "../../core/wire/ip_address.ts";
import { decodeUdpManagement, encodeUdpManagement, type UdpManagement } from "./udp_management.ts";
import { mutated } from "../../tests/support/mutations.ts";
import { HASH, packetFor, RAW, type Station, UdpWorld } from "../testing/udp.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";
const OWN = at(A, 3435);
const DATA = new Uint8Array(36);

const request = (requester: number, hash = HASH, data = DATA): UdpManagement => ({
  code: "request",
  requester,
  qos: RAW,
  hash,
  data,
});

/** A member with a registered name, and a peer made by hand that has a flow to it. */
function withFlow() {
  const world = new UdpWorld();
  const a = world.station(A);
  a.register();
  const peer = world.peer(B);
  peer.tell(OWN, request(0x11223344));
  const [reply] = peer.told();
  assert(reply.code === "reply" && reply.response === 0 && reply.requester === 0x11223344);
  const [flow] = a.offered;
  return { world, a, peer, eid: reply.responder, flow };
}

/** A member that has asked a peer made by hand for a flow, and the id it has given to its end. */
function asking(): { world: UdpWorld; a: Station; peer: ReturnType<UdpWorld["peer"]>; eid: number } {
  const world = new UdpWorld();
  const a = world.station(A);
  const peer = world.peer(B);
  a.host.names.set(HASH, [B]);
  a.allocate(HASH, DATA, 20);
  const [message] = peer.told();
  assert(message.code === "request");
  return { world, a, peer, eid: message.requester };
}

Deno.test("ids are random numbers of 64 to 65534", () => {
  const eids = Array.from({ length: 20 }, () => asking().eid).concat(withFlow().eid);
  for (const eid of eids) assert(eid >= 64 && eid <= 0xfffe);
  const { world, a } = asking();
  const peer = world.peer("10.0.0.9");
  a.register(nameHash("00".repeat(16)));
  const more = Array.from({ length: 20 }, (_, index) => {
    peer.tell(OWN, request(index + 1, nameHash("00".repeat(16))));
    const [reply] = peer.told();
    assert(reply.code === "reply");
    return reply.responder;
  });
  assert(new Set(more).size === 20 && Math.max(...more) - Math.min(...more) > 1000, more.join());
});

Deno.test("packets from another address or port than the peer's do not enter a flow", () => {
  const { world, a, peer, eid, flow } = withFlow();
  world.peer("10.0.0.9").send(OWN, packetFor(eid, 1));
  world.peer(B, 40_000).send(OWN, packetFor(eid, 2));
  peer.send(OWN, packetFor(eid, 3));
  peer.send(OWN, packetFor(eid ^ 1, 4));
  peer.send(OWN, packetFor(0xffffffff, 5));
  assert.deepEqual(flow.received, [Uint8Array.of(3)]);
  assert.deepEqual(a.dropped, { wrongPeer: 2, unknownId: 2 });
});

Deno.test("a reply counts only from where the request went, and once", () => {
  const { world, a, peer, eid } = asking();
  const reply = { code: "reply", requester: eid, responder: 0x1234, response: 0, data: DATA } as const;
  world.peer("10.0.0.9").tell(OWN, reply);
  world.peer(B, 40_000).tell(OWN, reply);
  peer.tell(OWN, { ...reply, requester: eid ^ 1 });
  assert.equal(a.dropped.strayReply, 3);
  // Packets may overtake the reply.
  peer.send(OWN, packetFor(eid, 7));
  peer.tell(OWN, reply);
  peer.tell(OWN, { ...reply, responder: 0x4321 });
  peer.tell(OWN, { ...reply, response: -1009 });
  assert.deepEqual([a.dropped, a.upper.open], [{ strayReply: 5 }, 1]);
});

Deno.test("a deallocation counts only from the peer, with both ids", () => {
  const { world, a, peer, eid, flow } = withFlow();
  const gone = { code: "deallocate", source: 0x11223344, destination: eid } as const;
  world.peer("10.0.0.9").tell(OWN, gone);
  world.peer(B, 40_000).tell(OWN, gone);
  peer.tell(OWN, { ...gone, source: 1 });
  peer.tell(OWN, { ...gone, destination: eid ^ 1 });
  assert.equal(flow.lost, undefined);
  peer.tell(OWN, gone);
  assert.equal(flow.lost, "the other end has deallocated the flow");
  assert.deepEqual(a.dropped, { strayDeallocation: 4 });
});

Deno.test("a request that comes twice is one flow, with one answer each", () => {
  const { a, peer, eid } = withFlow();
  peer.tell(OWN, request(0x11223344));
  const [again] = peer.told();
  assert(again.code === "reply" && again.responder === eid);
  assert.equal(a.offered.length, 1);
});

Deno.test("a packet longer than the reference sends is dropped; one of 8980 bytes is not", () => {
  const { a, peer, eid, flow } = withFlow();
  for (const length of [8980, 8981]) peer.send(OWN, packetFor(eid, ...new Uint8Array(length)));
  assert.deepEqual(flow.received.map(({ length }) => length), [8980]);
  assert.deepEqual(a.dropped, { malformed: 1 });
});

Deno.test("any damaged datagram is dropped and counted, and the flow goes on", () => {
  const { world, a, peer, eid, flow } = withFlow();
  const reply: UdpManagement = { code: "reply", requester: eid, responder: 7, response: 0, data: DATA };
  const valid = [
    request(5),
    reply,
    { code: "deallocate", source: 1, destination: eid } as const,
    { code: "absent", destination: eid } as const,
    { code: "check", source: 1, destination: eid } as const,
    { code: "present", source: 1, destination: eid } as const,
    { code: "query", nonce: 1, hash: HASH } as const,
    { code: "answer", nonce: 1, hash: HASH } as const,
    { code: "unknown", nonce: 1, hash: HASH } as const,
  ].map(encodeUdpManagement);
  fc.assert(
    fc.property(mutated([...valid, packetFor(eid, 1, 2, 3)]), (datagram) => {
      world.peer("10.0.0.9").send(OWN, datagram);
    }),
    { numRuns: 300 },
  );
  for (const short of [0, 1, 3, 46]) peer.send(OWN, new Uint8Array(short));
  assert((a.dropped.malformed ?? 0) >= 4);
  assert.equal(flow.lost, undefined);
  flow.received.splice(0);
  peer.send(OWN, packetFor(eid, 1));
  assert.deepEqual(flow.received, [Uint8Array.of(1)]);
});

Deno.test("names are told to who asks, in as many bytes as were asked with, and not without end", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  a.register();
  const asker = world.peer("10.0.0.9");
  asker.tell(OWN, { code: "query", nonce: 0xdeadbeef, hash: HASH });
  assert.deepEqual(asker.told(), [{ code: "answer", nonce: 0xdeadbeef, hash: HASH }]);
  const other = nameHash("00".repeat(16));
  asker.tell(OWN, { code: "query", nonce: 1, hash: other });
  for (const code of ["answer", "unknown"] as const) asker.tell(OWN, { code, nonce: 1, hash: HASH });
  assert.deepEqual([asker.told(), a.dropped], [[{ code: "unknown", nonce: 1, hash: other }], {
    strayAnswer: 2,
  }]);
  const query = encodeUdpManagement({ code: "query", nonce: 1, hash: HASH });
  for (let i = 0; i < 20_000; i++) world.network.send(at("10.0.0.9", i), OWN, query);
  world.time.advance(5);
  assert(a.dropped.answerLimit > 18_000, JSON.stringify(a.dropped));
});

Deno.test("a stranger cannot make a member send more than one and a half times what it was sent", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  a.register();
  a.accept({ response: 0, data: new Uint8Array(1900) });
  const victim = at("198.51.100.1", 53);
  let [sent, reflected] = [0, 0];
  world.network.onSend = ({ to, payload }) => {
    if (addressOf(to).join(".") === "198.51.100.1") reflected += payload.length;
    return true;
  };
  for (let i = 1; i <= 2000; i++) {
    for (const message of [request(i), { code: "query", nonce: i, hash: HASH } as const]) {
      const datagram = encodeUdpManagement(message);
      sent += datagram.length;
      world.network.send(victim, OWN, datagram);
    }
    world.time.advance(1);
  }
  world.time.advance(60_000);
  // What is above that is what strangers may get in two seconds, in all.
  assert(reflected <= 1.5 * sent + 600_000, `${reflected} bytes were reflected for ${sent}`);
});

Deno.test("a flood of requests is bounded, and a peer with a flow is served", () => {
  const { world, a, peer, eid, flow } = withFlow();
  // Nobody above answers.
  let waiting = 0;
  a.upper.onRequest = () => void waiting++;
  const datagram = encodeUdpManagement(request(1));
  for (let i = 0; i < 100_000; i++) {
    new DataView(datagram.buffer).setUint32(4, i + 1);
    world.network.send(at(`10.1.${i % 256}.${(i >> 8) % 256}`, 1000 + i % 7), OWN, datagram);
    if (i % 1000 === 0) world.time.advance(10);
  }
  world.time.advance(10);
  assert(waiting > 0 && waiting <= 1024, `${waiting} requests wait`);
  peer.send(OWN, packetFor(eid, 1));
  assert.deepEqual(flow.received, [Uint8Array.of(1)]);
  peer.tell(OWN, request(2));
  assert.equal(a.upper.open, 1);
  const asked = waiting;
  peer.tell(OWN, request(3));
  assert.equal(waiting, asked + 1, "a peer with a flow may ask in a flood");
});

Deno.test("answers of a peer that were not asked for, or come from elsewhere, are of no use", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const questions: number[] = [];
  world.network.onSend = ({ to, payload }) => {
    const message = formatEndpoint(to) === `${B}:3435` ? decodeUdpManagement(payload) : undefined;
    if (message?.code === "query") questions.push(message.nonce);
    return true;
  };
  let found: boolean | undefined;
  a.layer.query(HASH, (outcome) => found = outcome.ok && outcome.value);
  world.time.advance(10);
  const [nonce] = questions;
  world.peer("10.0.0.9").tell(OWN, { code: "answer", nonce, hash: HASH });
  world.peer(B, 40_000).tell(OWN, { code: "answer", nonce, hash: HASH });
  const peer = world.peer(B);
  peer.tell(OWN, { code: "answer", nonce: nonce ^ 1, hash: HASH });
  assert.deepEqual([found, a.dropped], [undefined, { strayAnswer: 3 }]);
  peer.tell(OWN, { code: "answer", nonce, hash: HASH });
  assert.equal(found, true);
});
