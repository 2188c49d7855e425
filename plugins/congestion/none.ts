/**
 * No congestion avoidance: never waits, never marks, tells nothing, ignores what it is told.
 *
 * @module
 */
import type { Congestion, CongestionFlow } from "../../core/contract/congestion.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { NONE } from "./declarations.ts";

const flow: CongestionFlow = {
  sent: () => 0,
  received: () => undefined,
  update: () => {},
  stats: () => ({}),
};

const congestion: Congestion = { mark: () => 0, flow: () => flow };

/** Lets every sender send. */
export const none: Plugin<"congestion"> = { ...NONE, create: () => congestion };
