/**
 * Declarations of the ways to give addresses to the members of a layer.
 *
 * @module
 */
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

/** Addresses without structure. */
export const FLAT: PluginDeclaration<"address"> = {
  kind: "address",
  name: "flat",
  code: 0,
  apiVersion: PLUGIN_API_VERSION,
  description: "every member draws a random address of 32 bits",
  options: [],
  position: 10,
  rank: 10,
};
