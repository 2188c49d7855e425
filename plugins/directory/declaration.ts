/**
 * Declaration of the directory `DHT`, with the reference's options, ranges and defaults.
 *
 * @module
 */
import { integerOption, type OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

/** A distributed hash table after Kademlia. */
export const DHT = declarePlugin({
  kind: "directory",
  name: "DHT",
  code: 0,
  aliases: ["dht"],
  description: "a distributed hash table: each name is kept by the members nearest to its hash",
  options: [
    integerOption("dht_alpha", [1, 10, 3], 170, "DHT: nodes asked at a time"),
    integerOption("dht_k", [1, 20, 8], 171, "DHT: copies of an entry"),
    {
      ...integerOption("dht_t_expire", [10, 86400, 86400], 172, "DHT: life of an entry"),
      fileWords: ["dht_t_expire", "dht_t_expiry"],
      unit: "s",
    },
    {
      ...integerOption("dht_t_refresh", [3, 3600, 900], 173, "DHT: interval between refreshes of contacts"),
      unit: "s",
    },
    {
      ...integerOption("dht_t_replicate", [3, 3600, 900], 174, "DHT: interval between copies of entries"),
      unit: "s",
    },
  ],
  position: 10,
  rank: 10,
});

/** The options of the directory. */
export type DhtOptions = OptionsOf<typeof DHT.options>;
