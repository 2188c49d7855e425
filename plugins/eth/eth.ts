/**
 * The IPCP types on Ethernet (reference: `src/ipcpd/eth`, 0.23.0).
 *
 * @module
 */
import type { Ipcp } from "../../core/contract/ipcp.ts";
import { definePlugin, type IpcpContext, type PluginHost } from "../../core/contract/plugin.ts";
import { success } from "../../core/contract/outcome.ts";
import { openPort } from "../../core/ipcp/shim/open_port.ts";
import { type DixOptions, ETH_DIX, ETH_LLC, type LlcOptions } from "./declarations.ts";
import { dixFormat, type EthernetFormat, LLC_FORMAT } from "./ethernet_format.ts";
import { EthernetLink } from "./ethernet_link.ts";

const ethernet =
  <O extends LlcOptions>(name: string, format: (options: O) => EthernetFormat) =>
  (host: PluginHost, context: IpcpContext): Ipcp<O> => {
    const log = context.log.component(`ipcpd/${name}`);
    return {
      bootstrap: ({ layer, options, former }, done) => {
        const { hash, device } = options;
        const { length: hashLength } = host.make("hash", hash, {});
        const place = former?.layer === layer ? former.place : undefined;
        const settings = { format: format(options), device, name: layer, hash, hashLength, former: place };
        const make = () => new EthernetLink({ context, log, ...settings });
        openPort(context.timers, make, (outcome) => {
          if (!outcome.ok) return done(outcome);
          const frames = name === ETH_LLC.name ? "LLC" : "DIX";
          log.info("Using raw socket device.");
          log.debug(`Bootstrapped IPCP over Ethernet with ${frames} with pid ${context.pid}.`);
          done(success(outcome.value.shim));
        });
      },
    };
  };

/** Layers on Ethernet, told apart by an Ethertype. */
export const ethDix = definePlugin(
  ETH_DIX,
  ethernet<DixOptions>(ETH_DIX.name, ({ ethertype }) => dixFormat(ethertype)),
);

/** Layers on Ethernet with LLC. */
export const ethLlc = definePlugin(ETH_LLC, ethernet<LlcOptions>(ETH_LLC.name, () => LLC_FORMAT));
