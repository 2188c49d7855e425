/**
 * Declaration of the local IPCP type.
 *
 * @module
 */
import { HASH_OPTION } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

/** Flows between processes of one host. */
export const LOCAL = declarePlugin({
  kind: "ipcp",
  name: "local",
  description: "flows between processes of this host",
  options: [HASH_OPTION],
  networks: false,
  position: 70,
  rank: 0,
});
