/**
 * Declaration of the broadcast IPCP type.
 *
 * @module
 */
import { HASH_OPTION } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

/** The hash of every broadcast layer, whatever is asked for: so it is in the reference, whose members would not know of another one. */
export const HASH = HASH_OPTION.default;

/** Layers in which each packet goes to every member. */
export const BROADCAST = declarePlugin({
  kind: "ipcp",
  name: "broadcast",
  code: 2,
  description: "a layer in which each packet goes to every member",
  networks: false,
  options: [{ ...HASH_OPTION, help: "taken for compatibility: no names are hashed in such a layer" }],
  abilities: ["enrol", "connect", "join"],
  // Members have no management to connect: there is nothing to route.
  components: ["dt"],
  position: 20,
  rank: 20,
});
