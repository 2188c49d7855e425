/**
 * Declarations of the ways to share the flows for a name among the processes that accept them.
 *
 * @module
 */
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

/** The process that has waited longest. */
export const ROUND_ROBIN: PluginDeclaration<"balancing"> = {
  kind: "balancing",
  name: "round-robin",
  apiVersion: PLUGIN_API_VERSION,
  description: "each process in turn: the one that has waited longest gets the flow",
  options: [],
  position: 10,
  rank: 10,
};

/** The process that began to wait last. */
export const SPILLOVER: PluginDeclaration<"balancing"> = {
  kind: "balancing",
  name: "spillover",
  apiVersion: PLUGIN_API_VERSION,
  description: "one process as long as it can: the one that called accept last gets the flow",
  options: [],
  position: 20,
  rank: 20,
};
