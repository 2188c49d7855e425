/**
 * The unicast IPCP type: a layer that routes between hosts and over other layers (reference: `src/ipcpd/unicast`, 0.23.0).
 *
 * @module
 */
import type { FormerAddress, Ipcp, Layer, LayerConfig } from "../../core/contract/ipcp.ts";
import { definePlugin, type IpcpContext, type PluginHost } from "../../core/contract/plugin.ts";
import type { LayerConfiguration, Members } from "../../core/contract/membership.ts";
import { type Done, success } from "../../core/contract/outcome.ts";
import type { Log } from "../../core/contract/ports.ts";
import { UNICAST_PART } from "./configuration_part.ts";
import { UNICAST, type UnicastOptions } from "./declaration.ts";
import { Member } from "./member.ts";

/** Bytes of an endpoint id: the only size that there is. */
const EID_BYTES = 8;

/** An IPCP of a unicast layer. */
export class Unicast implements Ipcp<UnicastOptions> {
  readonly #log: Log;
  readonly #members: Members<UnicastOptions>;

  constructor(private readonly host: PluginHost, private readonly context: IpcpContext<UnicastOptions>) {
    this.#log = context.log.component("normal-ipcp");
    this.#members = context.members(UNICAST_PART);
  }

  bootstrap({ layer, options, former }: LayerConfig<UnicastOptions>, done: Done<Layer>): void {
    const directory = this.context.log.component("directory");
    const configuration = { type: UNICAST.name, layer, hash: options.hash, options, peer: undefined };
    const member = this.#become(configuration, former);
    directory.debug("Bootstrapping directory.");
    directory.info("Directory bootstrapped.");
    this.#log.debug(`Bootstrapped in layer ${layer}.`);
    done(success(member));
    this.#members.open(member.configuration);
  }

  enroll(destination: string, done: Done<Layer>, former?: FormerAddress): void {
    const join = (configuration: LayerConfiguration<UnicastOptions>) => {
      const member = this.#become(configuration, former);
      this.#members.open(member.configuration);
      return member;
    };
    this.#members.enroll(destination, join, (outcome) => {
      if (outcome.ok) this.#log.info(`Enrolled with ${destination}.`);
      done(outcome);
    });
  }

  shutdown(): void {
    this.#members.shutdown();
  }

  #become(configuration: LayerConfiguration<UnicastOptions>, former: FormerAddress | undefined): Member {
    const { eid } = configuration.options;
    if (eid !== EID_BYTES) {
      this.#log.warning(`Endpoint ids of ${eid} bytes are not supported; they have ${EID_BYTES}.`);
    }
    return new Member({
      host: this.host,
      context: this.context,
      members: this.#members,
      configuration,
      former,
    });
  }
}

/** The unicast IPCP type. */
export const unicast = definePlugin(UNICAST, (host, context) => new Unicast(host, context));
