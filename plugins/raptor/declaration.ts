/**
 * Declaration of the raptor IPCP type. Its place among the types is the reference's (release 0.18.0).
 *
 * @module
 */
import { HASH_OPTION, type OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

/** Layers between two raptor network cards. */
export const RAPTOR = declarePlugin({
  kind: "ipcp",
  name: "raptor",
  description: "a layer on a raptor network card",
  options: [HASH_OPTION],
  uses: ["hash"],
  position: 80,
  rank: 30,
});

/** The options of layers between raptor cards. */
export type RaptorOptions = OptionsOf<typeof RAPTOR.options>;
