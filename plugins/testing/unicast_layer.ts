/** IPCPs with all their real policies, in virtual time, over flows of a stand-in for the layers below. @module */
import assert from "node:assert/strict";
import type { NameHash } from "../../core/contract/ids.ts";
import { nameHash, pid } from "../../core/contract/ids.ts";
import type { Ipcp, Layer } from "../../core/contract/ipcp.ts";
import type { Done, Outcome } from "../../core/contract/outcome.ts";
import { success } from "../../core/contract/outcome.ts";
import type { AnyPlugin } from "../../core/contract/plugin.ts";
import { QOS } from "../../core/contract/qos.ts";
import { type TestingHost, TestingNetwork } from "../../core/testing/lower.ts";
import { testingLog } from "../../core/testing/log.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { PluginGuard } from "../../core/registry/guard/plugin_guard.ts";
import { BUILT_IN, Registry } from "../../core/registry/registry.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { type SimulatedFlow, SimulatedUpper } from "../../core/conformance/ipcp/simulated_upper.ts";
import { SILENT } from "../../core/contract/ports.ts";
import { BUILTINS } from "../builtins.ts";
import { Membership } from "../../core/ipcp/connection/membership.ts";
import { NO_NETWORKS } from "../../core/contract/network.ts";

/** Milliseconds in which everything must be answered. */
const LIMIT = 25_000;

/** The hash of a name, more or less. */
export const hashOf = (name: string): NameHash => nameHash(name.charCodeAt(0).toString(16).repeat(32));

/** One IPCP and what is around it. */
export interface TestMember {
  readonly name: string;
  readonly ipcp: Ipcp;
  /** The layer, once it is in it. */
  layer?: Layer;
  readonly upper: SimulatedUpper;
  readonly lower: TestingHost;
  readonly lines: string[];
}

/** Several IPCPs. */
export class TestLayer {
  readonly time = new VirtualTime(1_700_000_000_000);
  readonly network = new TestingNetwork(this.time);
  /** The plugins. */
  readonly registry: Registry;
  readonly #seed: number;
  #made = 0;

  private constructor(registry: Registry, seed: number, private readonly type: string) {
    this.registry = registry;
    this.#seed = seed;
  }

  /** Loads the plugins, and `others`. @param seed of all random values @param type of the IPCPs */
  static async make(others: readonly AnyPlugin[] = [], seed = 0, type = "unicast"): Promise<TestLayer> {
    return new TestLayer(await registryWith(others, type), seed, type);
  }

  /** An IPCP that is in no layer; it accepts flows to its name. */
  fresh(name: string, registry = this.registry): TestMember {
    const { time } = this;
    const lower = this.network.host(name);
    const upper = new SimulatedUpper();
    const lines: string[] = [];
    const ports = {
      clock: time,
      timers: time,
      random: new SeededRandom(1000 * this.#seed + ++this.#made),
      log: testingLog(lines),
    };
    const ipcp = registry.make("ipcp", this.type, {
      ...ports,
      name,
      pid: pid(this.#made),
      upper,
      lower,
      networks: NO_NETWORKS,
      members: (part) => new Membership(ports, lower, this.type, { policies: registry.policies, part }),
    });
    return { name, ipcp, upper, lower, lines };
  }

  /** The first member of a layer. */
  first(name: string, given: Readonly<Record<string, string>> = {}): TestMember {
    const member = this.fresh(name);
    const declaration = this.registry.find("ipcp", this.type).declaration;
    const options = checkOptions(declaration.options, given, this.registry.policies);
    member.layer = this.ok<Layer>((done) => member.ipcp.bootstrap({ layer: "net", options }, done));
    return member;
  }

  /** A new member that has enrolled with `other`. */
  joined(name: string, other: string): TestMember {
    const member = this.fresh(name);
    member.layer = this.ok<Layer>((done) => member.ipcp.enroll?.(other, done));
    return member;
  }

  /** Members a, b, c, … in a line, each connected to the one before. */
  line(names: string, given: Readonly<Record<string, string>> = {}): TestMember[] {
    const members = [this.first(names[0], given)];
    for (const name of names.slice(1)) {
      const last = members[members.length - 1];
      const member = this.joined(name, last.name);
      this.connect(member, last.name);
      members.push(member);
    }
    this.time.advance(2000);
    return members;
  }

  /** Connects all components. */
  connect({ layer }: TestMember, destination: string): void {
    const { components = ["mgmt", "dt"] } = this.registry.find("ipcp", this.type).declaration;
    for (const component of components) {
      this.ok((done: Done) => layer?.connect?.(destination, component, QOS.raw, done));
    }
  }

  /** Asks something; waits for the answer. */
  ask<T>(start: (done: Done<T>) => void): Outcome<T> {
    const answers: Outcome<T>[] = [];
    start((outcome) => answers.push(outcome));
    for (let waited = 0; answers.length === 0 && waited < LIMIT; waited++) this.time.advance(1);
    assert.equal(answers.length, 1, "there is no answer, or there are several");
    return answers[0];
  }

  /** Asks something that must succeed. */
  ok<T>(start: (done: Done<T>) => void): T {
    const outcome = this.ask(start);
    assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
    return outcome.value;
  }

  /** Asks something that must fail. */
  refused<T>(start: (done: Done<T>) => void): Error {
    const outcome = this.ask(start);
    assert(!outcome.ok, "it should have failed");
    return outcome.error;
  }

  /** Lets `server` accept flows for a name, echoing packets; registers it. */
  serve({ layer, upper }: TestMember, name: string): void {
    this.ok((done: Done) => layer?.register(hashOf(name), done));
    upper.onRequest = (_request, done) => {
      const flow = upper.flow(QOS.raw);
      done(success(flow));
      this.time.after(1, () => layer?.respond(flow, { response: 0, data: new Uint8Array(0) }, () => {}));
    };
  }

  /** A flow to a name, or the number of the error. */
  allocate({ layer, upper }: TestMember, name: string): SimulatedFlow | number {
    const flow = upper.flow(QOS.raw);
    const request = { hash: hashOf(name), qos: QOS.raw, data: new Uint8Array(0) };
    const outcome = this.ask((done: Done) => layer?.allocate(flow, request, done));
    if (!outcome.ok) {
      upper.free(flow);
      return outcome.error.errno;
    }
    for (let waited = 0; flow.reply === undefined && waited < LIMIT; waited++) this.time.advance(1);
    assert(flow.reply, "the allocation was not answered");
    return flow.reply.response === 0 ? flow : -flow.reply.response;
  }
}

async function registryWith(others: readonly AnyPlugin[], type: string): Promise<Registry> {
  const guard = new PluginGuard(SILENT, { whom: "all" });
  guard.onFault = (plugin) => {
    if (plugin.origin === BUILT_IN) assert.fail(JSON.stringify(plugin.stats()));
  };
  const registry = new Registry(SILENT, guard);
  for (const builtin of BUILTINS) registry.addBuiltin(builtin);
  for (const other of others) registry.add(other, "test");
  await registry.prepare("ipcp", type);
  return registry;
}
