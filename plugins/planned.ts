/**
 * Declarations of the IPCP types that come with later versions, so that grammar, help and completion are whole. Ranges and
 * defaults are the reference's.
 *
 * @module
 */
import type { OptionDeclaration, TextOption } from "../core/contract/options.ts";
import { type IpcpAbility, PLUGIN_API_VERSION, type PluginDeclaration } from "../core/contract/plugin.ts";

const hash: OptionDeclaration = {
  name: "hash",
  type: "policy",
  kind: "hash",
  default: "SHA3_256",
  position: 40,
  help: "hash function for names in the layer",
};
const device: TextOption = {
  name: "device",
  shown: "dev",
  type: "text",
  value: "DEVICE",
  required: true,
  position: 70,
  help: "network interface",
};
const dix: readonly OptionDeclaration[] = [device, {
  name: "ethertype",
  type: "integer",
  hexadecimal: true,
  min: 0x0600,
  max: 0xfffe,
  default: 0xa000,
  position: 80,
  help: "Ethertype of the layer's frames; 0xA000 to 0xEFFF is recommended",
}, hash];

function planned(
  name: string,
  description: string,
  [position, rank]: readonly [number, number],
  options: readonly OptionDeclaration[],
  abilities: readonly IpcpAbility[] = [],
): PluginDeclaration<"ipcp"> {
  return {
    kind: "ipcp",
    name,
    apiVersion: PLUGIN_API_VERSION,
    description,
    options,
    abilities,
    position,
    rank,
    planned: "comes with a later version",
  };
}

/** The planned types, each with its place in matching and its rank in lists. */
export const PLANNED: readonly PluginDeclaration<"ipcp">[] = [
  planned(
    "broadcast",
    "a layer in which each packet goes to every member",
    [20, 20],
    [],
    ["enrol", "connect", "join"],
  ),
  planned("eth-dix", "a layer on Ethernet with an Ethertype (DIX)", [50, 50], dix),
  planned("eth-llc", "a layer on Ethernet with LLC", [60, 40], [device, hash]),
  planned("raptor", "a layer on a raptor network card", [80, 30], [hash]),
];
