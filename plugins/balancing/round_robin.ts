/**
 * Round-robin: flows go to processes in the order in which they called accept.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

/** Picks the process that has waited longest. */
export const roundRobin: Plugin<"balancing"> = {
  kind: "balancing",
  name: "round-robin",
  apiVersion: PLUGIN_API_VERSION,
  description: "each process in turn: the one that has waited longest gets the flow",
  options: [],
  position: 10,
  rank: 10,
  create: () => ({ choose: () => 0 }),
};
