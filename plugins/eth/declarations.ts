/**
 * Declarations of the IPCP types on Ethernet. Ranges and defaults are the reference's.
 *
 * @module
 */
import type { OptionDeclaration, TextOption } from "../../core/contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

const device: TextOption = {
  name: "device",
  shown: "dev",
  type: "text",
  value: "DEVICE",
  required: true,
  position: 70,
  help: "network interface",
};

const hash: OptionDeclaration = {
  name: "hash",
  type: "policy",
  kind: "hash",
  default: "SHA3_256",
  position: 40,
  help: "hash function for names in the layer",
};

/** Layers on Ethernet, told apart by an Ethertype. */
export const ETH_DIX: PluginDeclaration<"ipcp"> = {
  kind: "ipcp",
  name: "eth-dix",
  apiVersion: PLUGIN_API_VERSION,
  description: "a layer on Ethernet with an Ethertype (DIX)",
  options: [device, {
    name: "ethertype",
    type: "integer",
    hexadecimal: true,
    min: 0x0600,
    max: 0xfffe,
    default: 0xa000,
    position: 80,
    help: "Ethertype of the layer's frames; 0xA000 to 0xEFFF is recommended",
  }, hash],
  uses: ["hash"],
  position: 50,
  rank: 50,
};

/** Layers on Ethernet with LLC. */
export const ETH_LLC: PluginDeclaration<"ipcp"> = {
  kind: "ipcp",
  name: "eth-llc",
  apiVersion: PLUGIN_API_VERSION,
  description: "a layer on Ethernet with LLC",
  options: [device, hash],
  uses: ["hash"],
  position: 60,
  rank: 40,
};
