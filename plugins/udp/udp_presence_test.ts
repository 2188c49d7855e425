/** Tests of flows over UDP whose other end is no longer there, or is seen under another address. @module */
import assert from "node:assert/strict";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { at } from "../../core/sim/network/udp_network.ts";
import { formatEndpoint } from "../../core/wire/ip_address.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { HASH, packetFor, RAW, type Station, UdpWorld } from "../testing/udp.ts";
import { decodeUdpManagement, encodeUdpManagement } from "./udp_management.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";
const OWN = at(A, 3435);
const OTHER = nameHash("42".repeat(16));
const MOVED = "the other end sends from another address now";
const UNKNOWN =
  "the other end does not know the flow any more: it was restarted, or sees this host under another address";

/** Counts management messages by kind, and loses those that a test wants lost. */
function watch(world: UdpWorld, lost: (code: string, nth: number) => boolean = () => false) {
  const counts: Record<string, number> = {};
  world.network.onSend = ({ payload }) => {
    if (payload.length < 4 || payload.subarray(0, 4).some((byte) => byte !== 0)) return true;
    const { code } = decodeUdpManagement(payload);
    counts[code] = (counts[code] ?? 0) + 1;
    return !lost(code, counts[code]);
  };
  return counts;
}

/** A member with a flow to another one. */
function pair(world: UdpWorld, translated?: string): [Station, Station, SimulatedFlow, SimulatedFlow] {
  const a = world.station(A, { peer: B }, translated);
  const b = world.station(B);
  b.register();
  const flow = a.allocate();
  assert.equal(flow.reply?.response, 0);
  const [other] = b.offered.splice(0);
  flow.write(Uint8Array.of(1));
  world.time.advance(10);
  assert.deepEqual(other.received, [Uint8Array.of(1)]);
  return [a, b, flow, other];
}

/** A member and a peer made by hand that has a flow to it, up and used. */
function withFlow() {
  const world = new UdpWorld();
  const a = world.station(A);
  a.register();
  const peer = world.peer(B);
  peer.tell(OWN, { code: "request", requester: 0x11223344, qos: RAW, hash: HASH, data: new Uint8Array(36) });
  const [reply] = peer.told();
  assert(reply.code === "reply" && reply.response === 0);
  peer.send(OWN, packetFor(reply.responder, 3));
  return { world, a, peer, eid: reply.responder, flow: a.offered[0] };
}

Deno.test("a flow ends after a round trip when the IPCP of its other end was made anew", () => {
  const world = new UdpWorld();
  const [, b, flow] = pair(world);
  const counts = watch(world);
  world.remake(b, B);
  flow.write(Uint8Array.of(2));
  world.time.advance(10);
  assert.equal(flow.lost, UNKNOWN);
  assert.deepEqual(counts, { absent: 1, check: 1, deallocate: 1 });
});

Deno.test("both ends of a flow end soon when the asked end was made anew and the other one listens only", () => {
  const world = new UdpWorld();
  const [a, , , other] = pair(world);
  world.remake(a, A);
  other.write(Uint8Array.of(2));
  world.time.advance(10);
  assert.equal(other.lost, UNKNOWN);
});

Deno.test("the end of a flow to an IPCP that was made anew survives that messages are lost", () => {
  for (const lost of ["absent", "check", "deallocate"]) {
    const world = new UdpWorld();
    const [, b, flow] = pair(world);
    world.remake(b, B);
    watch(world, (code, nth) => code === lost && nth <= 2);
    for (let packets = 0; packets < 3; packets++) {
      flow.write(Uint8Array.of(2));
      world.time.advance(10);
    }
    world.time.advance(1000);
    assert.equal(flow.lost, UNKNOWN, `${lost} was lost`);
  }
});

Deno.test("an empty packet finds out that the other end is not there", () => {
  const world = new UdpWorld();
  const [, b, flow] = pair(world);
  world.remake(b, B);
  flow.write(new Uint8Array(0));
  world.time.advance(10);
  assert.equal(flow.lost, UNKNOWN);
});

Deno.test("a forged notice costs one question, and the flow lives on", () => {
  const world = new UdpWorld();
  const [, , flow, other] = pair(world);
  // Whoever forges it must guess the id; here it knows it.
  const id = idOf(world, flow);
  world.time.advance(5000);
  const counts = watch(world);
  world.network.send(at(B, 3435), OWN, encodeUdpManagement({ code: "absent", destination: id }));
  world.time.advance(5000);
  assert.deepEqual([counts.check, counts.present, counts.deallocate], [1, 1, undefined]);
  flow.write(Uint8Array.of(7));
  world.time.advance(10);
  assert.deepEqual([flow.lost, other.lost, other.received.at(-1)], [undefined, undefined, Uint8Array.of(7)]);
});

Deno.test("a notice counts only from the peer and for its id, and silence after it proves nothing", () => {
  const { world, a, peer, flow } = withFlow();
  const stranger = world.peer("10.0.0.9");
  stranger.tell(OWN, { code: "absent", destination: 0x11223344 });
  peer.tell(OWN, { code: "absent", destination: 0x11223345 });
  assert.equal(a.dropped.strayNotice, 2);
  assert.deepEqual([stranger.told(), peer.told()], [[], []]);
  peer.tell(OWN, { code: "absent", destination: 0x11223344 });
  world.time.advance(20_000);
  assert.equal(peer.told().filter(({ code }) => code === "check").length, 4);
  assert.equal(flow.lost, undefined);
});

Deno.test("a packet that comes from the other end answers the question", () => {
  const { world, peer, eid, flow } = withFlow();
  peer.tell(OWN, { code: "absent", destination: 0x11223344 });
  peer.send(OWN, packetFor(eid, 4));
  world.time.advance(20_000);
  assert.equal(peer.told().filter(({ code }) => code === "check").length, 1);
  assert.equal(flow.lost, undefined);
});

Deno.test("packets to an end that is not there are answered as often as a limit allows, whoever sends them", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  const peer = world.peer(B);
  for (let i = 0; i < 1000; i++) world.network.send(peer.own, OWN, packetFor(0x4000, 1));
  world.time.advance(5);
  const told = peer.told();
  assert.equal(told.length, 256);
  assert(told.every((message) => message.code === "absent" && message.destination === 0x4000));
  world.time.advance(1000);
  for (let i = 0; i < 1000; i++) world.network.send(peer.own, OWN, packetFor(0x4000, 1));
  world.time.advance(5);
  assert.equal(peer.told().length, 10);
  // From many addresses at once.
  world.time.advance(1000);
  let notices = 0;
  world.network.onSend = ({ from }) => {
    if (formatEndpoint(from) === formatEndpoint(OWN)) notices++;
    return true;
  };
  for (let i = 0; i < 20_000; i++) world.network.send(at("10.0.0.9", i + 1), OWN, packetFor(0x4000, 1));
  world.time.advance(5);
  assert(notices > 500 && notices <= 1000, `${notices} notices`);
  assert.equal(a.dropped.unknownId, 22_000);
});

Deno.test("address translation that gives another port ends a flow on both sides, with a reason", () => {
  const world = new UdpWorld();
  const [a, , flow, other] = pair(world, "203.0.113.1");
  a.host.translateAnew();
  const begin = world.time.now();
  let ended = 0;
  while (!flow.lost || !other.lost) {
    if (!flow.lost) flow.write(Uint8Array.of(2));
    if (!other.lost) other.write(Uint8Array.of(3));
    if (flow.lost) ended ||= world.time.now() - begin;
    world.time.advance(100);
    assert(world.time.now() - begin < 5000, `${flow.lost}, ${other.lost}`);
  }
  assert(ended <= 200, `the end that moved knows it after ${ended} ms`);
  assert(world.time.now() - begin <= 2500);
  assert.deepEqual([flow.lost, other.lost], [UNKNOWN, MOVED]);
  assert.deepEqual(
    other.received.at(-1),
    Uint8Array.of(1),
    "nothing is taken from an address that proves nothing",
  );
});

Deno.test("a flow does not end because somebody else knows its ids, while the other end answers", () => {
  const { world, peer, eid, flow } = withFlow();
  const stranger = world.peer("10.0.0.9");
  const ends = { source: 0x11223344, destination: eid };
  stranger.tell(OWN, { code: "check", ...ends });
  assert.deepEqual(stranger.told(), [{ code: "deallocate", source: eid, destination: 0x11223344 }]);
  assert.deepEqual(peer.told(), [{ code: "check", source: eid, destination: 0x11223344 }]);
  peer.tell(OWN, { code: "present", ...ends });
  world.time.advance(20_000);
  assert.deepEqual([flow.lost, peer.told()], [undefined, []]);
  // When the other end is silent, it is believed.
  stranger.tell(OWN, { code: "check", ...ends });
  world.time.advance(2000);
  assert.equal(flow.lost, MOVED);
});

Deno.test("a check of an end that is there says so; one of any other is answered with the deallocation", () => {
  const { peer, eid, flow } = withFlow();
  peer.tell(OWN, { code: "check", source: 0x11223344, destination: eid });
  peer.tell(OWN, { code: "check", source: 0x11223345, destination: eid });
  peer.tell(OWN, { code: "check", source: 0x11223344, destination: eid ^ 1 });
  assert.deepEqual(peer.told(), [
    { code: "present", source: eid, destination: 0x11223344 },
    { code: "deallocate", source: eid, destination: 0x11223345 },
    { code: "deallocate", source: eid ^ 1, destination: 0x11223344 },
  ]);
  assert.equal(flow.lost, undefined);
});

/** The id of the other end of a flow, from the packet that it sends. */
function idOf(world: UdpWorld, flow: SimulatedFlow): number {
  let id = 0;
  const before = world.network.onSend;
  world.network.onSend = ({ payload }: { from: UdpEndpoint; payload: Uint8Array }) => {
    id = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    return false;
  };
  flow.write(Uint8Array.of(0));
  world.network.onSend = before;
  return id;
}

Deno.test("flows end soon when the IPCP of their other ends is back at another IP address, who ever had asked for them", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: `${B},10.0.0.3` });
  const b = world.station(B, { peer: A });
  b.register();
  a.register(OTHER);
  const asked = a.allocate();
  assert.deepEqual([asked, b.allocate(OTHER)].map(({ reply }) => reply?.response), [0, 0]);
  const [offered] = a.offered;
  world.time.advance(1100);
  b.host.setAddress(B, false);
  b.host.setAddress("10.0.0.3", true);
  world.remake(b, "10.0.0.3", { peer: A });
  world.time.advance(2000);
  const GONE = "the other end is silent, and 10.0.0.3:3435 says that it had its address before";
  assert.deepEqual([asked.lost, offered.lost], [GONE, GONE]);
});

Deno.test("a flow ends soon when its name is at another IP address, and what had it is silent", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: `${B},10.0.0.3` });
  const b = world.station(B);
  b.register();
  const flow = a.allocate();
  world.time.advance(1100);
  b.host.kill();
  world.station("10.0.0.3").register();
  for (let waited = 0; waited < 4500 && flow.lost === undefined; waited += 250) {
    flow.write(Uint8Array.of(1));
    world.time.advance(250);
  }
  assert.equal(flow.lost, "the other end is silent, and its name is at another address now");
});

Deno.test("who says that it had the IP address of a peer costs that peer four questions, and ends no flow", () => {
  const { world, peer, eid, flow } = withFlow();
  const stranger = world.peer("10.0.0.9");
  const ends = { source: 0x11223344, destination: eid };
  peer.tell(OWN, { code: "check", ...ends });
  for (let said = 0; said < 100; said++) {
    stranger.tell(OWN, { code: "former", address: peer.own });
    stranger.tell(OWN, { code: "former", address: peer.own.subarray(1) });
    if (said === 50) peer.tell(OWN, { code: "present", ...ends });
  }
  world.time.advance(20_000);
  const checks = peer.told().filter(({ code }) => code === "check").length;
  assert(checks >= 1 && checks <= 8, `${checks} questions`);
  assert.deepEqual([flow.lost, stranger.told()], [undefined, []]);
});
