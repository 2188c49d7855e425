/**
 * Declarations of the IPCP types over UDP. Words, places and ranges are the reference's; `cport` and `sport` are those of its
 * manual page, `peer` is ours.
 *
 * @module
 */
import type { OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

/** The port of layers over UDP where none is given. */
export const DEFAULT_PORT = 3435;

const port = {
  name: "port",
  type: "integer",
  min: 1,
  max: 65535,
  default: DEFAULT_PORT,
  position: 120,
  help: "UDP port of the whole layer; everything goes from it and to it",
} as const;

const oldPort = <const N extends string>(name: N, position: number, help: string) => ({
  name,
  type: "integer",
  min: 1,
  max: 65535,
  position,
  help,
} as const);

const addresses = (version: string) =>
  [
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
  ] as const;

const peer = {
  name: "peer",
  type: "text",
  value: "HOST[:PORT]",
  repeated: true,
  maxBytes: 4096,
  help: "another member, asked for names that it has registered",
} as const;

/** Layers over UDP on IPv4. */
export const UDP4 = declarePlugin({
  kind: "ipcp",
  name: "udp4",
  aliases: ["udp"],
  description: "a layer over UDP on IPv4",
  options: [
    ...addresses("IPv4"),
    port,
    oldPort("cport", 125, "not used: packets are sent from the port of the layer"),
    oldPort("sport", 130, "the same as port"),
    peer,
  ],
  position: 30,
  rank: 60,
});

/** Layers over UDP on IPv6. */
export const UDP6 = declarePlugin({
  kind: "ipcp",
  name: "udp6",
  aliases: [],
  description: "a layer over UDP on IPv6",
  options: [...addresses("IPv6"), port, peer],
  position: 40,
  rank: 70,
});

/** The options of layers over UDP; those of IPv6 lack the old ports. */
export type UdpOptions = OptionsOf<typeof UDP4.options>;
