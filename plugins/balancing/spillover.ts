/**
 * Spillover: the process that called accept last gets the flow; others get flows only while it is busy.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

/** Picks the process that called accept last. */
export const spillover: Plugin<"balancing"> = {
  kind: "balancing",
  name: "spillover",
  apiVersion: PLUGIN_API_VERSION,
  description: "one process as long as it can: the one that called accept last gets the flow",
  options: [],
  position: 20,
  rank: 20,
  create: () => ({ choose: (waiting) => waiting.length - 1 }),
};
