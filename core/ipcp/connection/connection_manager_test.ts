/** Tests of connections: agreed, refused, garbled, late, lost. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CancelledError,
  ExistsError,
  FlowDownError,
  InvalidError,
  IpcpError,
  NameError,
  NotFoundError,
  ProtocolError,
  TimedOutError,
} from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { CEP_REJECT, decodeCep, encodeCep } from "../../wire/layer/cep_message.ts";
import type { Connection } from "../../contract/membership.ts";
import { NAME, World } from "../../testing/ipcp/connections.ts";
import { TestingFlow } from "../../testing/lower.ts";

function refusal(outcome: Outcome<Connection> | undefined) {
  assert(outcome && !outcome.ok, "it should have failed");
  return outcome.error;
}

Deno.test("two components connect, exchange packets and disconnect; each knows the other's address", () => {
  const world = new World();
  const [a, b] = [world.node("a", 1), world.node("b", 2)];
  const made = world.connect(a, "b");
  assert(made?.ok);
  assert.deepEqual([made.value.peer, made.value.destination, b.up[0].peer, b.up[0].destination], [
    2,
    "b",
    1,
    undefined,
  ]);
  assert.deepEqual(a.lines, ["connection-manager(DB): Sending cacep info for protocol LSP to fd 64."]);
  assert.deepEqual(b.lines, []);
  made.value.flow.send(Uint8Array.of(1));
  b.up[0].flow.send(Uint8Array.of(2));
  world.time.advance(5);
  assert.deepEqual([a.packets, b.packets], [[[2]], [[1]]]);
  let done = 0, again: Outcome<void> | undefined;
  a.manager.disconnect("b", NAME, (outcome) => done += Number(outcome.ok));
  a.manager.disconnect("b", NAME, (outcome) => again = outcome);
  world.time.advance(5);
  assert.equal(done, 1);
  assert(again && !again.ok && again.error instanceof NotFoundError, "it is not connected any more");
  assert.deepEqual([a.down.length, b.down.length], [1, 1]);
  assert.match(b.lines.join(), /Management connection on fd 64 is down: the other end is done with it\./);
  assert.deepEqual([a.lower.flows.size, b.lower.flows.size], [0, 0], "flows were left behind");
  assert.deepEqual(a.manager.stats(), {
    made: 1,
    accepted: 0,
    failed: 0,
    refused: 0,
    lost: 0,
    pending: 0,
    list: [],
    wanted: [],
  });
});

Deno.test("many connections are made at once", () => {
  const world = new World();
  const hub = world.node("hub", 1000);
  const nodes = Array.from({ length: 50 }, (_, index) => world.node(`n${index}`, index + 1));
  let ok = 0;
  for (const node of nodes) node.manager.connect("hub", NAME, QOS.raw, (outcome) => ok += Number(outcome.ok));
  nodes.forEach((_, index) => {
    if (index > 0) hub.manager.connect(`n${index}`, NAME, QOS.raw, (outcome) => ok += Number(outcome.ok));
  });
  world.time.advance(10);
  assert.equal(ok, 99);
  assert.equal([...hub.manager.connections(NAME)].length, 99);
});

Deno.test("destinations that are not there, components that are not there and second connections are refused", () => {
  const world = new World();
  const [a] = [world.node("a", 1), world.node("b", 2), world.node("c", 3, { name: "Data Transfer" })];
  assert(refusal(world.connect(a, "nowhere")) instanceof NameError);
  assert(refusal(world.connect(a, "b", "Enrollment")) instanceof NotFoundError);
  const missing = refusal(world.connect(a, "c"));
  assert(missing instanceof IpcpError && /has no component Management/.test(missing.message));
  assert(world.connect(a, "b")?.ok);
  const twice = refusal(world.connect(a, "b"));
  assert(twice instanceof ExistsError);
  assert.match(twice.message, /Management is connected to "b" already/);
  assert.equal(a.lower.flows.size, 1);
});

Deno.test("an IPCP that connects to itself, or to one with its own address, is told so", () => {
  const world = new World();
  const [a, b] = [world.node("a", 1), world.node("b", 1)];
  const itself = refusal(world.connect(a, "a"));
  assert(itself instanceof InvalidError && /"a" is this IPCP itself/.test(itself.message));
  const collision = refusal(world.connect(a, "b"));
  assert(collision instanceof ExistsError && /address 01\.00\.00\.00 of this one/.test(collision.message));
  assert.match(
    b.lines.join(),
    /\(WW\): Refused a connection on fd 64: the other IPCP has the address 01\.00\.00\.00/,
  );
  assert.deepEqual([a.up, b.up, a.lower.flows.size, b.lower.flows.size], [[], [], 0, 0]);
});

Deno.test("another protocol, version or syntax is refused on both sides", () => {
  for (const other of [{ protocol: "OSPF" }, { version: 2 }, { syntax: 2 }]) {
    const world = new World();
    const [a, b] = [world.node("a", 1), world.node("b", 2, other)];
    const error = refusal(world.connect(a, "b"));
    assert(error instanceof ProtocolError, String(error));
    assert.match(error.message, /speaks protocol/);
    assert.equal(b.up.length, 0);
    assert.equal(b.lines.filter((line) => line.includes("(WW)")).length, 1);
  }
});

Deno.test("a flow that takes nothing because it has gone is told of by its reason", () => {
  const world = new World();
  const a = world.node("a", 1);
  world.network.host("closes").accept((flow) => {
    assert(flow instanceof TestingFlow);
    flow.peer?.shut("the other end is done with it");
  });
  const error = refusal(world.connect(a, "closes"));
  assert(error instanceof FlowDownError, String(error));
  assert.match(error.message, /^the N-1 flow is down: the other end is done with it$/);
});

Deno.test("an initiator fails when its peer is silent, garbles, or goes", () => {
  const world = new World();
  const a = world.node("a", 1);
  world.stranger("silent", () => {});
  world.stranger("garbles", (flow) => flow.send(Uint8Array.of(0xff, 0xff)));
  world.stranger("goes", (flow) => flow.deallocate());
  world.stranger("keeps alive", (flow) => flow.send(new Uint8Array(0)));
  world.stranger("no address", (flow) => flow.send(encodeCep({ ...introduction(1), address: address(0) })));
  assert(refusal(world.connect(a, "silent")) instanceof TimedOutError);
  const garbled = refusal(world.connect(a, "garbles"));
  assert(garbled instanceof TimedOutError);
  assert.match(
    garbled.message,
    /^no answer to the connection of Management from "garbles" came within 20500 ms, on \d+ flows; last: cep_msg/,
  );
  assert(refusal(world.connect(a, "goes")) instanceof FlowDownError);
  assert(refusal(world.connect(a, "keeps alive")) instanceof TimedOutError);
  assert(refusal(world.connect(a, "no address")) instanceof ProtocolError);
  assert.equal(a.lower.flows.size, 0, "flows were left behind");
  assert.equal(a.manager.stats().failed, 5);
});

const introduction = (own: number) => ({
  component: NAME,
  protocol: "LSP",
  version: 1,
  syntax: 0,
  address: address(own),
});

Deno.test("an acceptor closes what is silent or garbled, answers what it does not have, and serves on", () => {
  const world = new World();
  const b = world.node("b", 2);
  const silent = world.dial("b");
  const garbled = world.dial("b");
  const unknown = world.dial("b");
  silent.flow.send(new Uint8Array(0));
  garbled.flow.send(Uint8Array.of(1, 2, 3));
  unknown.flow.send(encodeCep({ ...introduction(9), component: "Tea" }));
  world.time.advance(100);
  assert.deepEqual([silent.down.length, garbled.down.length, unknown.down.length], [0, 1, 1]);
  assert.deepEqual([garbled.got.length, unknown.got.map(decodeCep)], [0, [CEP_REJECT]]);
  world.time.advance(10_000);
  assert.equal(silent.down.length, 1);
  assert.equal(b.lines.filter((line) => /^connection-manager\(WW\): Refused/.test(line)).length, 3);
  assert.equal(b.lower.flows.size, 0);
  assert(world.connect(world.node("a", 1), "b")?.ok);
});

Deno.test("what the reference sends is accepted: also fields that are never used", () => {
  const world = new World();
  const b = world.node("b", 2);
  const peer = world.dial("b");
  const known = encodeCep(introduction(7));
  peer.flow.send(new Uint8Array([...known, 0x20, 0x05, 0x30, 0x01]));
  world.time.advance(5);
  assert.deepEqual([b.up[0]?.peer, peer.got.map(decodeCep)], [7, [introduction(2)]]);
});

Deno.test("no packet breaks an acceptor", () => {
  const good = encodeCep(introduction(7));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(good.length), (bytes, at) => {
    const world = new World();
    const b = world.node("b", 2);
    for (const packet of [bytes, new Uint8Array([...good.slice(0, at), ...bytes.slice(0, 3)])]) {
      world.dial("b").flow.send(packet);
    }
    world.time.advance(11_000);
    assert.equal(world.time.armed, 0);
    assert.equal(b.lower.flows.size, b.up.length);
  }));
});

Deno.test("a lost flow is told once; shutdown ends all, also what is under way", () => {
  const world = new World();
  const [a] = [world.node("a", 1), world.node("b", 2), world.node("c", 3)];
  assert(world.connect(a, "b")?.ok);
  a.lower.flows.values().next().value?.lose("a cable was cut");
  assert.deepEqual(a.down, ["a cable was cut"]);
  assert(world.connect(a, "b")?.ok, "it can be connected again");
  const errors: unknown[] = [];
  world.stranger("silent", () => {});
  for (const to of ["c", "silent"]) {
    a.manager.connect(to, NAME, QOS.raw, (outcome) => errors.push(!outcome.ok && outcome.error));
  }
  world.time.advance(1);
  a.manager.connect("c", NAME, QOS.raw, (outcome) => errors.push(!outcome.ok && outcome.error));
  a.manager.shutdown();
  a.manager.connect("b", NAME, QOS.raw, (outcome) => errors.push(!outcome.ok && outcome.error));
  world.time.advance(5);
  const [exists, ...cancelled] = errors;
  assert(exists instanceof ExistsError);
  assert.equal(cancelled.length, 3);
  for (const error of cancelled) assert(error instanceof CancelledError);
  assert.equal(a.lower.flows.size, 0);
});

Deno.test("what is disconnected while it is being connected is cancelled", () => {
  const world = new World();
  const [a, b] = [world.node("a", 1), world.node("b", 2)];
  const answers: Outcome<Connection>[] = [];
  a.manager.connect("b", NAME, QOS.raw, (outcome) => answers.push(outcome));
  a.manager.disconnect("b", NAME, () => {});
  world.time.advance(5000);
  assert(answers.length === 1 && refusal(answers[0]) instanceof CancelledError);
  assert.deepEqual([a.up.length, a.lower.flows.size, b.lower.flows.size], [0, 0, 0]);
});

Deno.test("silent and garbling strangers keep nobody out, are bounded, and fill no log", () => {
  const world = new World();
  const b = world.node("b", 2);
  for (let stranger = 0; stranger < 500; stranger++) {
    world.dial("b");
    world.dial("b").flow.send(Uint8Array.of(1, 2, 3));
  }
  assert(b.lower.flows.size <= 129, `${b.lower.flows.size} flows are kept`);
  const a = world.node("a", 1);
  let ok = false;
  a.manager.connect("b", NAME, QOS.raw, (outcome) => ok = outcome.ok);
  world.time.advance(10);
  assert(ok);
  assert(b.lines.length < 30, `${b.lines.length} lines`);
});
