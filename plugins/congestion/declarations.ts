/**
 * Declarations of the ways to slow senders of a layer down.
 *
 * @module
 */
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

/** Nothing is done. */
export const NONE: PluginDeclaration<"congestion"> = {
  kind: "congestion",
  name: "none",
  code: 0,
  apiVersion: PLUGIN_API_VERSION,
  description: "senders are never slowed down",
  options: [],
  position: 10,
  rank: 10,
};

/** Marks of several bits. */
export const MB_ECN: PluginDeclaration<"congestion"> = {
  kind: "congestion",
  name: "mb-ecn",
  code: 1,
  apiVersion: PLUGIN_API_VERSION,
  description: "packets are marked by the length of the queues that they meet, and senders follow the marks",
  options: [],
  position: 20,
  rank: 20,
};
