/**
 * Declarations of the IPCP types that come with later versions, so that grammar, help and completion are whole. Ranges and
 * defaults are the reference's.
 *
 * @module
 */
import type { IntegerOption, OptionDeclaration, TextOption } from "../core/contract/options.ts";
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
const port: IntegerOption = {
  name: "port",
  type: "integer",
  min: 1,
  max: 65535,
  default: 3435,
  position: 120,
  help: "UDP port",
};

const ip = (version: string): TextOption => ({
  name: "ip",
  type: "text",
  value: `${version} ADDRESS`,
  required: true,
  position: 50,
  help: `own ${version} address`,
});

const dns = (version: string): TextOption => ({
  name: "dns",
  type: "text",
  value: `${version} ADDRESS`,
  position: 60,
  help: `${version} address of a DNS server`,
});

const number = (
  name: string,
  [min, max, initial]: readonly [number, number, number],
  position: number,
  help: string,
): IntegerOption => ({ name, type: "integer", min, max, default: initial, position, help });

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

const udp4: readonly OptionDeclaration[] = [
  ip("IPv4"),
  dns("IPv4"),
  port,
  {
    ...number("cport", [1, 65535, 1], 125, "UDP port of the client side; random when left out"),
    default: undefined,
  },
  number("sport", [1, 65535, 3435], 130, "UDP port of the server side"),
];

function planned(
  name: string,
  description: string,
  [position, rank]: readonly [number, number],
  options: readonly OptionDeclaration[],
  abilities: readonly IpcpAbility[] = [],
  aliases: readonly string[] = [],
): PluginDeclaration<"ipcp"> {
  return {
    kind: "ipcp",
    name,
    aliases,
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
  planned("udp4", "a layer over UDP on IPv4", [30, 60], udp4, [], ["udp"]),
  planned("udp6", "a layer over UDP on IPv6", [40, 70], [ip("IPv6"), dns("IPv6"), port]),
  planned("eth-dix", "a layer on Ethernet with an Ethertype (DIX)", [50, 50], dix),
  planned("eth-llc", "a layer on Ethernet with LLC", [60, 40], [device, hash]),
  planned("raptor", "a layer on a raptor network card", [80, 30], [hash]),
];
