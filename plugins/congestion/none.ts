/**
 * No congestion avoidance: never waits, never marks, tells nothing, ignores what it is told.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

/** Lets every sender send: that is what a congestion policy does by default. */
export const none: Plugin<"congestion"> = {
  kind: "congestion",
  name: "none",
  code: 0,
  apiVersion: PLUGIN_API_VERSION,
  description: "senders are never slowed down",
  options: [],
  position: 10,
  rank: 10,
  create: () => ({}),
};
