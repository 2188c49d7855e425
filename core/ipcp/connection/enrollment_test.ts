/** Tests of enrollment, both sides: success, refusals, silence, garbage, several at once. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CancelledError,
  FlowDownError,
  InvalidError,
  IpcpStateError,
  IpcpTypeError,
  type OuroErrorClass,
  PluginError,
  TimedOutError,
} from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { encodeCep } from "../../wire/layer/cep_message.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
  encodeEnrollmentAck,
  encodeEnrollmentRequest,
  encodeEnrollmentResponse,
  type EnrollmentResponse,
  wallTime,
} from "../../wire/layer/enrollment_message.ts";
import type { LayerConfiguration } from "../../contract/membership.ts";
import { encoded, ENCODING } from "../../../tests/support/layer_encoding.ts";
import { ConnectionManager } from "./connection_manager.ts";
import { ENROLLMENT, Enrollment } from "./enrollment.ts";
import { TestingNetwork } from "../../testing/lower.ts";
import { testingLog } from "../../testing/log.ts";

const LAYER: LayerConfiguration = {
  type: "broadcast",
  layer: "net",
  hash: "SHA3_256",
  options: {},
  peer: undefined,
};
const EPOCH = 1_700_000_000_000;
const INTRODUCTION = encodeCep({ ...ENROLLMENT, component: ENROLLMENT.name });

class World {
  readonly time = new VirtualTime(EPOCH);
  readonly network = new TestingNetwork(this.time);
  #seed = 0;

  node(name: string, layer?: LayerConfiguration) {
    const lines: string[] = [];
    const lower = this.network.host(name);
    const ports = {
      clock: this.time,
      timers: this.time,
      random: new SeededRandom(++this.#seed),
      log: testingLog(lines),
    };
    const connections = new ConnectionManager(ports, lower);
    const enrollment = new Enrollment({
      ...ports,
      connections,
      lower,
      type: "broadcast",
      encoding: ENCODING,
      configuration: () => layer,
    });
    lower.accept((flow) => connections.accepted(flow));
    return { lines, lower, connections, enrollment };
  }

  enroll(
    node: ReturnType<World["node"]>,
    destination: string,
    join: (configuration: LayerConfiguration) => void = () => {},
  ): Outcome<void> | undefined {
    let answer: Outcome<void> | undefined;
    node.enrollment.enroll(destination, join, (outcome) => {
      assert.equal(answer, undefined, "it was answered twice");
      answer = outcome;
    });
    this.time.advance(25_000);
    assert.equal(this.time.armed, 0, "timers were left behind");
    assert.equal(node.lower.flows.size, 0, "flows were left behind");
    return answer;
  }

  /** A member that answers connection establishment as it should, and then does what the test says. */
  strangeMember(name: string, act: (flow: LowerFlow, message: Uint8Array, index: number) => void): void {
    this.network.host(name).accept((flow) => {
      let index = 0;
      flow.onPacket((message) => {
        if (index === 0) flow.send(INTRODUCTION);
        else act(flow, message, index);
        index++;
      });
    });
  }

  /** A new member that connects as it should; gives the flow and what comes after that. */
  strangeEnrollee(name: string): { flow: LowerFlow; got: Uint8Array[]; down: number } {
    const got: Uint8Array[] = [];
    let flow: LowerFlow | undefined;
    this.network.host().allocate(name, QOS.raw, (outcome) => flow = outcome.ok ? outcome.value : undefined);
    this.time.advance(1);
    assert(flow);
    const found = { flow, got, down: 0 };
    flow.onPacket((packet) => got.push(packet.slice()));
    flow.onDown(() => found.down++);
    flow.send(INTRODUCTION);
    this.time.advance(2);
    assert.equal(got.splice(0).length, 1, "the connection was not answered");
    return found;
  }
}

function refusal(outcome: Outcome<void> | undefined) {
  assert(outcome && !outcome.ok, "it should have failed");
  return outcome.error;
}

const answer = (id: Uint8Array, changes: Partial<EnrollmentResponse> = {}) =>
  encodeEnrollmentResponse({
    id,
    time: wallTime(EPOCH),
    response: 0,
    configuration: encoded(LAYER),
    ...changes,
  });

Deno.test("a new member gets the configuration, joins and says so, with the lines of the tutorial", () => {
  const world = new World();
  const [member, fresh] = [world.node("member", LAYER), world.node("fresh")];
  const joined: LayerConfiguration[] = [];
  assert(world.enroll(fresh, "member", (configuration) => joined.push(configuration))?.ok);
  assert.deepEqual(joined, [LAYER]);
  const [, size] = /\((\d+) bytes\)/.exec(member.lines.join()) ?? [];
  assert.deepEqual(fresh.lines, [
    "connection-manager(DB): Sending cacep info for protocol OEP to fd 64.",
    "enrollment(DB): Getting boot information.",
    `enrollment(DB): Received enrollment info (${size} bytes).`,
  ]);
  assert.deepEqual(member.lines, [
    "enrollment(DB): Enrolling a new neighbor.",
    `enrollment(DB): Sending enrollment info (${size} bytes).`,
    "enrollment(DB): Neighbor enrollment successful.",
  ]);
  assert.deepEqual(member.enrollment.stats(), { enrolled: 1, failed: 0, pending: 0 });
  assert.equal(member.lower.flows.size, 0);
});

Deno.test("a silent new member does not keep others out", () => {
  const world = new World();
  const member = world.node("member", LAYER);
  const silent = Array.from({ length: 20 }, () => world.strangeEnrollee("member"));
  const stuck = world.strangeEnrollee("member");
  stuck.flow.send(encodeEnrollmentRequest({ id: new Uint8Array(8) }));
  let done = false;
  world.node("fresh").enrollment.enroll("member", () => {}, (outcome) => done = outcome.ok);
  world.time.advance(100);
  assert.equal(done, true);
  world.time.advance(10_000);
  assert.deepEqual([silent.every(({ down }) => down === 1), stuck.down], [true, 1]);
  assert.deepEqual(member.enrollment.stats(), { enrolled: 1, failed: 21, pending: 0 });
  const warnings = member.lines.filter((line) => line.includes("(WW)")).length;
  assert(warnings > 0 && warnings <= 21, `${warnings} lines`);
});

Deno.test("a new member that cannot join says so to both", () => {
  const world = new World();
  const [member, fresh] = [world.node("member", LAYER), world.node("fresh")];
  const error = refusal(world.enroll(fresh, "member", () => {
    throw new PluginError('there is no plugin routing "bgp"');
  }));
  assert(error instanceof PluginError);
  assert.match(member.lines.join(), /\(WW\): Neighbor enrollment failed: the new member could not join/);
});

Deno.test("whoever is in no layer, or cannot describe it, refuses", () => {
  const world = new World();
  const fresh = world.node("fresh");
  world.node("loner");
  world.node("long", { ...LAYER, options: { note: "x".repeat(1200) } });
  assert(refusal(world.enroll(fresh, "loner")) instanceof IpcpStateError);
  assert.match(refusal(world.enroll(fresh, "long")).message, /"long" refuses the enrollment/);
  assert.match(refusal(world.enroll(fresh, "nobody")).message, /nobody/);
});

Deno.test("a new member refuses wrong answers", () => {
  const other: LayerConfiguration = {
    type: "unicast",
    layer: "net",
    hash: "SHA3_256",
    peer: address(1),
    options: {
      addr: 4,
      eid: 8,
      ttl: 60,
      addr_auth: "flat",
      directory: "DHT",
      ...{ dht_alpha: 3, dht_k: 8, dht_t_expire: 86400, dht_t_refresh: 900, dht_t_replicate: 900 },
      routing: "link_state",
      ...{ ls_t_recalc: 4, ls_t_update: 15, ls_t_timeo: 60 },
      congestion: "none",
    },
  };
  const answers: Record<string, [(id: Uint8Array) => Uint8Array | undefined, OuroErrorClass]> = {
    silent: [() => undefined, TimedOutError],
    garbled: [() => Uint8Array.of(0xff), TimedOutError],
    alive: [() => new Uint8Array(0), TimedOutError],
    mistaken: [(id) => answer(id.map((byte) => byte ^ 1)), TimedOutError],
    unwilling: [(id) => answer(id, { response: -22, configuration: undefined }), InvalidError],
    other: [(id) => answer(id, { configuration: encoded(other) }), IpcpTypeError],
  };
  const world = new World();
  const fresh = world.node("fresh");
  for (const [name, [make, kind]] of Object.entries(answers)) {
    world.strangeMember(name, (flow, message, index) => {
      const bytes = index === 1 ? make(decodeEnrollmentRequest(message).id) : undefined;
      if (bytes) flow.send(bytes);
    });
    const joined = () => assert.fail("it joined");
    assert(refusal(world.enroll(fresh, name, joined)) instanceof kind, name);
  }
  world.strangeMember("gone", (flow) => flow.deallocate());
  assert(refusal(world.enroll(fresh, "gone")) instanceof FlowDownError);
});

Deno.test("clocks that differ by more than the way takes are told of", () => {
  for (const [late, warned] of [[0, false], [19, false], [500, true], [-500, true]] as const) {
    const world = new World();
    const fresh = world.node("fresh");
    let result: number | undefined;
    world.strangeMember("member", (flow, message, index) => {
      if (index === 2) return void (result = decodeEnrollmentAck(message).result);
      const { id } = decodeEnrollmentRequest(message);
      flow.send(answer(id, { time: wallTime(world.time.wall() + late) }));
    });
    assert(world.enroll(fresh, "member")?.ok);
    assert.equal(result, 0);
    assert.equal(fresh.lines.some((line) => /\(WW\): The clocks .* differ by 49\d ms/.test(line)), warned);
  }
});

Deno.test("no sequence of packets breaks a member; it serves on", () => {
  const good = [
    encodeEnrollmentRequest({ id: new Uint8Array(8) }),
    encodeEnrollmentAck({ id: new Uint8Array(8), result: 0 }),
    encodeEnrollmentAck({ id: new Uint8Array(8).fill(1), result: -5 }),
  ];
  const packet = fc.oneof(fc.constantFrom(...good), fc.uint8Array({ maxLength: 40 }));
  fc.assert(fc.property(fc.array(packet, { maxLength: 5 }), (packets) => {
    const world = new World();
    const member = world.node("member", LAYER);
    const { flow, got } = world.strangeEnrollee("member");
    for (const bytes of packets) flow.send(bytes);
    world.time.advance(25_000);
    for (const bytes of got) decodeEnrollmentResponse(bytes);
    assert.equal(member.lower.flows.size, 0);
    assert(world.enroll(world.node("fresh"), "member")?.ok);
  }));
});

Deno.test("a shutdown ends enrolments on both sides", () => {
  const world = new World();
  const [member, fresh] = [world.node("member", LAYER), world.node("fresh")];
  let error: unknown;
  fresh.enrollment.enroll("member", () => {}, (outcome) => error = !outcome.ok && outcome.error);
  world.time.advance(4);
  member.connections.shutdown();
  fresh.enrollment.shutdown();
  fresh.connections.shutdown();
  assert(error instanceof CancelledError, String(error));
  assert.equal(world.time.armed > 0, true);
  world.time.advance(1);
  assert.deepEqual([member.lower.flows.size, fresh.lower.flows.size], [0, 0]);
});
