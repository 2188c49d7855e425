/**
 * The unicast IPCP type: a layer that routes between hosts and over other layers (reference: `src/ipcpd/unicast`, 0.23.0).
 *
 * @module
 */
import { asOuroError, InvalidError, IpcpStateError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type {
  FlowReply,
  FlowRequest,
  Ipcp,
  IpcpContext,
  LayerConfig,
  LayerInfo,
  UpperFlow,
} from "../../core/contract/ipcp.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import { QOS, type QosSpec } from "../../core/contract/qos.ts";
import { ConnectionManager } from "../../core/ipcp/connection/connection_manager.ts";
import { Enrollment } from "../../core/ipcp/connection/enrollment.ts";
import type { LayerConfiguration } from "../../core/wire/layer/layer_config.ts";
import { MPL } from "./allocator/user_flows.ts";
import { UNICAST } from "./declaration.ts";
import { Member } from "./member.ts";
import { EID_BYTES, UNTOLD } from "./settings.ts";

/** Components that can be connected, by the words of `irm`. */
const COMPONENTS: ReadonlyMap<string, string> = new Map([["mgmt", "Management"], ["dt", "Data Transfer"]]);

/** An IPCP of a unicast layer. */
export class Unicast implements Ipcp {
  readonly mpl = MPL;
  readonly #host: PluginHost;
  readonly #context: IpcpContext;
  readonly #log: Log;
  readonly #connections: ConnectionManager;
  readonly #enrollment: Enrollment;
  #member: Member | undefined;

  constructor(host: PluginHost, context: IpcpContext) {
    this.#host = host;
    this.#context = context;
    this.#log = context.log.component("normal-ipcp");
    this.#connections = new ConnectionManager(context, context.lower);
    this.#enrollment = new Enrollment({
      clock: context.clock,
      timers: context.timers,
      random: context.random,
      log: context.log,
      connections: this.#connections,
      type: "unicast",
      configuration: () => this.#member?.configuration,
      defaults: UNTOLD,
    });
  }

  get maxPacket(): number | undefined {
    return this.#member?.dataTransfer.maxPayload;
  }

  bootstrap({ layer, options: { hash, ...options } }: LayerConfig, done: Done<LayerInfo>): void {
    if (typeof hash !== "string") return done(failure(new InvalidError("the layer needs a hash function")));
    const directory = this.#context.log.component("directory");
    try {
      this.#become({ type: "unicast", layer, hash, options, peer: undefined });
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    directory.debug("Bootstrapping directory.");
    directory.info("Directory bootstrapped.");
    this.#log.debug(`Bootstrapped in layer ${layer}.`);
    done(success({ layer, hash }));
    this.#accept();
  }

  enroll(destination: string, done: Done<LayerInfo>): void {
    let info: LayerInfo | undefined;
    const join = (configuration: LayerConfiguration) => {
      this.#become(configuration);
      info = { layer: configuration.layer, hash: configuration.hash };
      this.#accept();
    };
    this.#enrollment.enroll(destination, join, (outcome) => {
      if (!outcome.ok) return done(outcome);
      if (!info) return done(failure(new IpcpStateError("the IPCP is in no layer after its enrollment")));
      this.#log.info(`Enrolled with ${destination}.`);
      done(success(info));
    });
  }

  connect(destination: string, component: string, qos: QosSpec, done: Done): void {
    const name = COMPONENTS.get(component);
    if (name === undefined) return done(failure(noComponent(component)));
    this.#connections.connect(destination, name, component === "mgmt" ? QOS.raw : qos, (outcome) => {
      done(outcome.ok ? success(undefined) : outcome);
    });
  }

  disconnect(destination: string, component: string, done: Done): void {
    const name = COMPONENTS.get(component);
    if (name === undefined) return done(failure(noComponent(component)));
    this.#connections.disconnect(destination, name, done);
  }

  register(hash: NameHash, done: Done): void {
    this.#needMember().directory.register(hash, done);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#needMember().directory.unregister(hash, done);
  }

  query(hash: NameHash, done: Done<boolean>): void {
    this.#needMember().directory.query(hash, (outcome) => {
      done(outcome.ok ? success(outcome.value.length > 0) : outcome);
    });
  }

  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    this.#needMember().flowAllocator.allocate(flow, request, done);
  }

  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#needMember().flowAllocator.respond(flow, reply, done);
  }

  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.#needMember().flowAllocator.deallocate(flow, linger, done);
  }

  stats(): Stats {
    return {
      ...this.#member?.stats(),
      connections: this.#connections.stats(),
      enrollment: this.#enrollment.stats(),
    };
  }

  shutdown(): void {
    if (this.#member) this.#member.shutdown(() => this.#connections.shutdown());
    else this.#connections.shutdown();
  }

  #become(configuration: LayerConfiguration): void {
    const { eid } = configuration.options;
    if (eid !== EID_BYTES) {
      this.#log.warning(`Endpoint ids of ${eid} bytes are not supported; they have ${EID_BYTES}.`);
    }
    this.#member = new Member({
      host: this.#host,
      context: this.#context,
      connections: this.#connections,
      configuration,
    });
  }

  #accept(): void {
    this.#context.lower.accept((flow) => this.#connections.accepted(flow));
  }

  #needMember(): Member {
    if (this.#member) return this.#member;
    throw new IpcpStateError("this IPCP is in no layer yet");
  }
}

const noComponent = (word: string): InvalidError =>
  new InvalidError(`there is no component "${word}"; there are: ${[...COMPONENTS.keys()].join(", ")}`);

/** The unicast IPCP type. */
export const unicast: Plugin<"ipcp"> = {
  ...UNICAST,
  create: (host, context) => new Unicast(host, context),
};
