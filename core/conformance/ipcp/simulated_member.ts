/**
 * One IPCP in virtual time, with simulated processes above and nothing below.
 *
 * @module
 */
import assert from "node:assert/strict";
import { NameError } from "../../contract/errors.ts";
import { type NameHash, nameHash, pid } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, Ipcp, Layer, Lower } from "../../contract/ipcp.ts";
import type { Networks } from "../../contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { QOS } from "../../contract/qos.ts";
import { checkOptions } from "../../registry/check_options.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type Needs, registryOf } from "../suite.ts";
import { SILENT } from "../../contract/ports.ts";
import { type SimulatedFlow, SimulatedUpper } from "./simulated_upper.ts";
import { Membership } from "../../ipcp/connection/membership.ts";
import { NO_NETWORKS } from "../../contract/network.ts";

/** The IRMd waits no longer than this for any answer, in milliseconds of virtual time. */
const LIMIT = 20_000;
const STEP = 10;

/** What an IPCP works with. */
export interface MemberNeeds extends Needs {
  /** Makes the networks below it; left out: none. */
  readonly networks?: (time: VirtualTime) => Networks;
  /** Bytes of a hash in its layers; left out: 32. */
  readonly hashBytes?: number;
}

/** An IPCP in virtual time. */
export class SimulatedMember {
  readonly time = new VirtualTime();
  readonly upper = new SimulatedUpper();
  readonly ipcp: Ipcp;
  /** A hash that is registered before each check. */
  readonly hash: NameHash;
  /** A hash that is not registered. */
  readonly other: NameHash;
  #layer: Layer | undefined;

  private constructor(hashBytes: number, make: (member: SimulatedMember) => Ipcp) {
    this.hash = nameHash("a1".repeat(hashBytes));
    this.other = nameHash("b2".repeat(hashBytes));
    this.ipcp = make(this);
  }

  /** Makes the IPCP. */
  static async make(
    plugin: Plugin<"ipcp">,
    { uses = [], guard, networks = () => NO_NETWORKS, hashBytes = 32 }: MemberNeeds = {},
  ): Promise<SimulatedMember> {
    const registry = registryOf(plugin, uses, guard);
    await registry.prepare("ipcp", plugin.name);
    const { policies } = registry;
    const lower: Lower = {
      allocate: (name, _qos, done) =>
        done(failure(new NameError(`there is no layer below that knows ${name}`))),
      accept: () => {},
    };
    return new SimulatedMember(hashBytes, ({ time, upper }) => {
      const ports = { clock: time, timers: time, random: new SeededRandom(1), log: SILENT };
      return registry.make("ipcp", plugin.name, {
        ...ports,
        name: "member",
        pid: pid(1),
        upper,
        networks: networks(time),
        members: (part) => new Membership(ports, lower, plugin.name, { policies, part }),
        lower,
      });
    });
  }

  /** The layer that it is in. */
  get layer(): Layer {
    assert(this.#layer, "it is in no layer");
    return this.#layer;
  }

  /** Bootstraps layer `l`. */
  bootstrap(plugin: Plugin<"ipcp">, given: Readonly<Record<string, string>>): Layer {
    const options = checkOptions(plugin.options, given);
    this.#layer = this.ok<Layer>((done) => this.ipcp.bootstrap({ layer: "l", options }, done));
    return this.#layer;
  }

  /** Asks something; the answer must come in time, and once. */
  ask<T>(start: (done: Done<T>) => void): Outcome<T> {
    const answers: Outcome<T>[] = [];
    start((outcome) => answers.push(outcome));
    for (let waited = 0; answers.length === 0 && waited < LIMIT; waited += STEP) this.time.advance(STEP);
    assert(answers.length > 0, `no answer came within ${LIMIT} ms`);
    this.time.advance(STEP);
    assert.equal(answers.length, 1, "an answer came twice");
    return answers[0];
  }

  /** Asks something that must succeed. */
  ok<T>(start: (done: Done<T>) => void): T {
    const outcome = this.ask(start);
    assert(outcome.ok, outcome.ok ? "" : `it failed: ${outcome.error.message}`);
    return outcome.value;
  }

  /** A process above asks for a flow. */
  allocate(hash: NameHash, data: Uint8Array = new Uint8Array(0)): SimulatedFlow {
    const flow = this.upper.flow(QOS.raw);
    const request: FlowRequest = { hash, qos: QOS.raw, data };
    const outcome = this.ask((done: Done) => this.layer.allocate(flow, request, done));
    if (!outcome.ok) {
      flow.reply ??= { response: -outcome.error.errno, data: new Uint8Array(0) };
      this.upper.free(flow);
    }
    return flow;
  }

  /** A process above accepts the next request; gives the flow and the request once it is there. */
  accept(): { flow?: SimulatedFlow; request?: FlowRequest } {
    const found: { flow?: SimulatedFlow; request?: FlowRequest } = {};
    this.upper.onRequest = (request, done) => {
      found.request = request;
      found.flow = this.upper.flow(request.qos);
      done(success(found.flow));
    };
    return found;
  }

  /** The process above answers a request. */
  respond(flow: SimulatedFlow, reply: FlowReply): Outcome<void> {
    const outcome = this.ask((done: Done) => this.layer.respond(flow, reply, done));
    if (reply.response !== 0) this.upper.free(flow);
    return outcome;
  }

  /** The process above is done with a flow. */
  deallocate(flow: SimulatedFlow, linger = 0): void {
    if (flow.gone) return;
    this.ok((done: Done) => this.layer.deallocate(flow, linger, done));
    this.upper.free(flow);
  }

  /** Ends it; it must be quiet for an hour. */
  shutdown(): void {
    if (this.#layer) this.#layer.shutdown();
    else this.ipcp.shutdown?.();
    this.upper.over = true;
    this.time.advance(3_600_000);
  }

  /** Lets time pass until `condition` holds. */
  until(condition: () => boolean, what: string): void {
    for (let waited = 0; !condition() && waited < LIMIT; waited += STEP) this.time.advance(STEP);
    assert(condition(), `${what} did not happen within ${LIMIT} ms`);
  }
}
