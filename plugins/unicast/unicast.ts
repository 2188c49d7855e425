/**
 * The unicast IPCP type: a layer that routes between hosts and over other layers (reference: `src/ipcpd/unicast`, 0.23.0).
 *
 * @module
 */
import { InvalidError, IpcpStateError } from "../../core/contract/errors.ts";
import type { Ipcp, IpcpContext, Layer, LayerConfig } from "../../core/contract/ipcp.ts";
import { type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import { ConnectionManager } from "../../core/ipcp/connection/connection_manager.ts";
import { Enrollment } from "../../core/ipcp/connection/enrollment.ts";
import type { LayerConfiguration } from "../../core/wire/layer/layer_config.ts";
import { UNICAST } from "./declaration.ts";
import { Member } from "./member.ts";
import { EID_BYTES, UNTOLD } from "./settings.ts";

/** An IPCP of a unicast layer. */
export class Unicast implements Ipcp {
  readonly #host: PluginHost;
  readonly #context: IpcpContext;
  readonly #log: Log;
  readonly #connections: ConnectionManager;
  readonly #enrollment: Enrollment;
  #configuration: LayerConfiguration | undefined;

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
      configuration: () => this.#configuration,
      defaults: UNTOLD,
    });
  }

  bootstrap({ layer, options: { hash, ...options } }: LayerConfig, done: Done<Layer>): void {
    if (typeof hash !== "string") throw new InvalidError("the layer needs a hash function");
    const directory = this.#context.log.component("directory");
    const member = this.#become({ type: "unicast", layer, hash, options, peer: undefined });
    directory.debug("Bootstrapping directory.");
    directory.info("Directory bootstrapped.");
    this.#log.debug(`Bootstrapped in layer ${layer}.`);
    done(success(member));
    this.#accept();
  }

  enroll(destination: string, done: Done<Layer>): void {
    let member: Member | undefined;
    const join = (configuration: LayerConfiguration) => {
      member = this.#become(configuration);
      this.#accept();
    };
    this.#enrollment.enroll(destination, join, (outcome) => {
      if (!outcome.ok) return done(outcome);
      if (!member) return done(failure(new IpcpStateError("the IPCP is in no layer after its enrollment")));
      this.#log.info(`Enrolled with ${destination}.`);
      done(success(member));
    });
  }

  shutdown(): void {
    this.#connections.shutdown();
  }

  #become(configuration: LayerConfiguration): Member {
    const { eid } = configuration.options;
    if (eid !== EID_BYTES) {
      this.#log.warning(`Endpoint ids of ${eid} bytes are not supported; they have ${EID_BYTES}.`);
    }
    const member = new Member({
      host: this.#host,
      context: this.#context,
      connections: this.#connections,
      stats: () => ({ connections: this.#connections.stats(), enrollment: this.#enrollment.stats() }),
      configuration,
    });
    this.#configuration = member.configuration;
    return member;
  }

  #accept(): void {
    this.#context.lower.accept((flow) => this.#connections.accepted(flow));
  }
}

/** The unicast IPCP type. */
export const unicast: Plugin<"ipcp"> = {
  ...UNICAST,
  create: (host, context) => new Unicast(host, context),
};
