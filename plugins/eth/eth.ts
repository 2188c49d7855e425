/**
 * The IPCP types on Ethernet (reference: `src/ipcpd/eth`, 0.23.0).
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { ETH_DIX, ETH_LLC } from "./declarations.ts";
import { dixFormat, LLC_FORMAT } from "./ethernet_format.ts";
import { EthernetIpcp } from "./ethernet_ipcp.ts";

/** Layers on Ethernet, told apart by an Ethertype. */
export const ethDix: Plugin<"ipcp"> = {
  ...ETH_DIX,
  create: (host, context) =>
    new EthernetIpcp(host, context, {
      name: ETH_DIX.name,
      format: ({ ethertype }) => {
        if (typeof ethertype !== "number") throw new InvalidError("the layer needs an Ethertype");
        return dixFormat(ethertype);
      },
    }),
};

/** Layers on Ethernet with LLC. */
export const ethLlc: Plugin<"ipcp"> = {
  ...ETH_LLC,
  create: (host, context) =>
    new EthernetIpcp(host, context, { name: ETH_LLC.name, format: () => LLC_FORMAT }),
};
