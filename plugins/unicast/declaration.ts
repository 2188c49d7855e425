/**
 * Declaration of the unicast IPCP type.
 *
 * @module
 */
import { integerOption, type PolicyOption } from "../../core/contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";
import type { PluginKind } from "../../core/contract/plugin_kind.ts";

const policy = (
  name: string,
  kind: PluginKind,
  initial: string | undefined,
  position: number | undefined,
  help: string,
): PolicyOption => ({
  name,
  type: "policy",
  kind,
  help,
  ...(initial === undefined ? {} : { default: initial }),
  ...(position === undefined ? {} : { position }),
});

/** Layers that route: between hosts, and over other layers. */
export const UNICAST: PluginDeclaration<"ipcp"> = {
  kind: "ipcp",
  name: "unicast",
  code: 1,
  aliases: ["normal"],
  apiVersion: PLUGIN_API_VERSION,
  description: "a layer that routes between hosts and over other layers",
  program: "ipcpd-normal",
  networks: false,
  options: [
    { ...integerOption("addr", [4, 4, 4], 90, "length of addresses"), unit: "bytes" },
    { ...integerOption("eid", [1, 8, 8], 100, "length of endpoint ids"), aliases: ["fd"], unit: "bytes" },
    integerOption("ttl", [0, 255, 60], 110, "hops that a packet may take"),
    policy("addr_auth", "address", "flat", 150, "how addresses are given"),
    policy("directory", "directory", "DHT", 160, "where names are looked up"),
    policy("routing", "routing", "link_state", 180, "how routes are computed"),
    policy("congestion", "congestion", "mb-ecn", 200, "how senders are slowed down"),
    policy("pff", "forwarding", undefined, 210, "how the next hop is picked; follows routing"),
    policy("scheduling", "scheduling", "priority", undefined, "whose packet goes next"),
    policy("hash", "hash", "SHA3_256", 40, "hash function for names in the layer"),
  ],
  uses: ["address", "directory", "routing", "congestion", "forwarding", "scheduling", "hash"],
  abilities: ["enrol", "connect"],
  position: 10,
  rank: 10,
};
