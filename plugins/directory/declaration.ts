/**
 * Declaration of the directory `DHT`, with the reference's options, ranges and defaults.
 *
 * @module
 */
import type { IntegerOption } from "../../core/contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

const number = (
  name: string,
  [min, max, initial]: readonly [number, number, number],
  position: number,
  help: string,
): IntegerOption => ({ name, type: "integer", min, max, default: initial, position, help });

/** A distributed hash table after Kademlia. */
export const DHT: PluginDeclaration<"directory"> = {
  kind: "directory",
  name: "DHT",
  aliases: ["dht"],
  apiVersion: PLUGIN_API_VERSION,
  description: "a distributed hash table: each name is kept by the members nearest to its hash",
  options: [
    number("dht_alpha", [1, 10, 3], 170, "DHT: nodes asked at a time"),
    number("dht_k", [1, 20, 8], 171, "DHT: copies of an entry"),
    { ...number("dht_t_expire", [10, 86400, 86400], 172, "DHT: life of an entry"), unit: "s" },
    {
      ...number("dht_t_refresh", [3, 3600, 900], 173, "DHT: interval between refreshes of contacts"),
      unit: "s",
    },
    {
      ...number("dht_t_replicate", [3, 3600, 900], 174, "DHT: interval between copies of entries"),
      unit: "s",
    },
  ],
  position: 10,
  rank: 10,
};
