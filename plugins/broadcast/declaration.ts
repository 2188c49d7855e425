/**
 * Declaration of the broadcast IPCP type.
 *
 * @module
 */
import { declarePlugin } from "../../core/contract/plugin.ts";

/** The hash of every broadcast layer: the reference has no choice, either. */
export const HASH = "SHA3_256";

/** Layers in which each packet goes to every member. */
export const BROADCAST = declarePlugin({
  kind: "ipcp",
  name: "broadcast",
  code: 2,
  description: "a layer in which each packet goes to every member",
  networks: false,
  options: [],
  abilities: ["enrol", "connect", "join"],
  // Members have no management to connect: there is nothing to route.
  components: ["dt"],
  position: 20,
  rank: 20,
});
