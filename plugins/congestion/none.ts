/**
 * No congestion avoidance: never waits, never marks, tells nothing, ignores what it is told.
 *
 * @module
 */
import type { Congestion, CongestionFlow } from "../../core/contract/policies/congestion.ts";
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

const flow: CongestionFlow = {
  sent: () => 0,
  received: () => undefined,
  update: () => {},
  stats: () => ({}),
};

const congestion: Congestion = { mark: () => 0, flow: () => flow };

/** Lets every sender send. */
export const none: Plugin<"congestion"> = {
  kind: "congestion",
  name: "none",
  code: 0,
  apiVersion: PLUGIN_API_VERSION,
  description: "senders are never slowed down",
  options: [],
  position: 10,
  rank: 10,
  create: () => congestion,
};
