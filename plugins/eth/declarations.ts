/**
 * Declarations of the IPCP types on Ethernet. Ranges and defaults are the reference's.
 *
 * @module
 */
import { HASH_OPTION, type OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

const device = {
  name: "device",
  shown: "dev",
  aliases: ["if"],
  type: "text",
  value: "DEVICE",
  required: true,
  position: 70,
  help: "network interface",
} as const;

/** Layers on Ethernet, told apart by an Ethertype. */
export const ETH_DIX = declarePlugin({
  kind: "ipcp",
  name: "eth-dix",
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
  }, HASH_OPTION],
  uses: ["hash"],
  position: 50,
  rank: 50,
});

/** The options of layers on Ethernet with an Ethertype. */
export type DixOptions = OptionsOf<typeof ETH_DIX.options>;

/** Layers on Ethernet with LLC. */
export const ETH_LLC = declarePlugin({
  kind: "ipcp",
  name: "eth-llc",
  description: "a layer on Ethernet with LLC",
  options: [device, HASH_OPTION],
  uses: ["hash"],
  position: 60,
  rank: 40,
});

/** The options of layers on Ethernet with LLC. */
export type LlcOptions = OptionsOf<typeof ETH_LLC.options>;
