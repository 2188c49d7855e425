/**
 * Declaration of the unicast IPCP type.
 *
 * @module
 */
import { HASH_OPTION, integerOption, type OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";
import type { PluginKind } from "../../core/contract/plugin_kind.ts";

const policy = <const N extends string>(
  name: N,
  kind: PluginKind,
  initial: string,
  position: number,
  help: string,
) => ({ name, type: "policy", kind, default: initial, position, help }) as const;

/** Layers that route: between hosts, and over other layers. */
export const UNICAST = declarePlugin({
  kind: "ipcp",
  name: "unicast",
  code: 1,
  aliases: ["normal"],
  description: "a layer that routes between hosts and over other layers",
  program: "ipcpd-normal",
  networks: false,
  options: [
    {
      ...integerOption("addr", [4, 4, 4], 90, "length of addresses"),
      fileWords: ["addr_size"],
      unit: "bytes",
    },
    {
      ...integerOption("eid", [1, 8, 8], 100, "length of endpoint ids"),
      aliases: ["fd"],
      fileWords: ["eid_size"],
      unit: "bytes",
    },
    { ...integerOption("ttl", [1, 255, 60], 110, "hops that a packet may take"), fileWords: ["max_ttl"] },
    {
      ...policy("addr_auth", "address", "flat", 150, "how addresses are given"),
      fileWords: ["addr-auth"],
    },
    policy("directory", "directory", "DHT", 160, "where names are looked up"),
    policy("routing", "routing", "link_state", 180, "how routes are computed"),
    policy("congestion", "congestion", "mb-ecn", 200, "how senders are slowed down"),
    {
      name: "pff",
      type: "policy",
      kind: "forwarding",
      position: 210,
      help: "how the next hop is picked; follows routing",
    },
    {
      name: "scheduling",
      type: "policy",
      kind: "scheduling",
      default: "priority",
      help: "whose packet goes next",
    },
    HASH_OPTION,
  ],
  uses: ["address", "directory", "routing", "congestion", "forwarding", "scheduling", "hash"],
  abilities: ["enrol", "connect"],
  position: 10,
  rank: 10,
});

/** The options of a unicast layer, those of its policies beside them. */
export type UnicastOptions = OptionsOf<typeof UNICAST.options>;
