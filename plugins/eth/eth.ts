/**
 * The IPCP types on Ethernet (reference: `src/ipcpd/eth`, 0.23.0).
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import { success } from "../../core/contract/outcome.ts";
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import { ETH_DIX, ETH_LLC } from "./declarations.ts";
import { dixFormat, type EthernetFormat, LLC_FORMAT } from "./ethernet_format.ts";
import { EthernetLink } from "./ethernet_link.ts";

const plugin = (
  declaration: PluginDeclaration<"ipcp">,
  format: (options: OptionValues) => EthernetFormat,
): Plugin<"ipcp"> => ({
  ...declaration,
  create: (host, context) => {
    const log = context.log.component(`ipcpd/${declaration.name}`);
    return {
      bootstrap: ({ layer, options }, done) => {
        const { hash, device } = options;
        if (typeof hash !== "string" || typeof device !== "string") {
          throw new InvalidError("the layer needs a device and a hash function");
        }
        const { length: hashLength } = host.make("hash", hash, {});
        const link = new EthernetLink(layer, hash, {
          context,
          log,
          format: format(options),
          device,
          hashLength,
        });
        log.info(`Bootstrapped ${declaration.name} IPCP with pid ${context.pid}.`);
        done(success(link));
      },
    };
  },
});

/** Layers on Ethernet, told apart by an Ethertype. */
export const ethDix = plugin(ETH_DIX, ({ ethertype }) => {
  if (typeof ethertype !== "number") throw new InvalidError("the layer needs an Ethertype");
  return dixFormat(ethertype);
});

/** Layers on Ethernet with LLC. */
export const ethLlc = plugin(ETH_LLC, () => LLC_FORMAT);
