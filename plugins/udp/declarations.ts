/**
 * Declarations of the IPCP types over UDP. Words, places and ranges are the reference's; `cport` and `sport` are those of its
 * manual page, `peer` is ours.
 *
 * @module
 */
import type { IntegerOption, OptionDeclaration, TextOption } from "../../core/contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

const port: IntegerOption = {
  name: "port",
  type: "integer",
  min: 1,
  max: 65535,
  default: 3435,
  position: 120,
  help: "UDP port of the whole layer; everything goes from it and to it",
};

const oldPort = (name: string, position: number, help: string): IntegerOption => ({
  name,
  type: "integer",
  min: 1,
  max: 65535,
  position,
  help,
});

const options = (version: string): readonly TextOption[] => [
  {
    name: "ip",
    type: "text",
    value: `${version} ADDRESS`,
    required: true,
    position: 50,
    help: `own ${version} address`,
  },
  {
    name: "dns",
    type: "text",
    value: `${version} ADDRESS`,
    position: 60,
    help: `${version} address of a DNS server that takes updates, the directory of the layer`,
  },
];

const peer: TextOption = {
  name: "peer",
  type: "text",
  value: "HOST[:PORT]",
  repeated: true,
  maxBytes: 4096,
  help: "another member, asked for names that it has registered",
};

const udp = (
  name: string,
  version: string,
  [position, rank]: readonly [number, number],
  older: readonly OptionDeclaration[],
  aliases: readonly string[],
): PluginDeclaration<"ipcp"> => ({
  kind: "ipcp",
  name,
  aliases,
  apiVersion: PLUGIN_API_VERSION,
  description: `a layer over UDP on ${version}`,
  options: [...options(version), port, ...older, peer],
  position,
  rank,
});

/** Layers over UDP on IPv4. */
export const UDP4 = udp("udp4", "IPv4", [30, 60], [
  oldPort("cport", 125, "not used: packets are sent from the port of the layer"),
  oldPort("sport", 130, "the same as port"),
], ["udp"]);

/** Layers over UDP on IPv6. */
export const UDP6 = udp("udp6", "IPv6", [40, 70], [], []);
