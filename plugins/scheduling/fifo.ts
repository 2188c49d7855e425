/**
 * First come, first served.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";
import type { Scheduling } from "../../core/contract/policies/small_policies.ts";
import { Line } from "./line.ts";

const scheduling: Scheduling = { queue: <T>() => new Line<T>() };

/** Keeps the order. */
export const fifo: Plugin<"scheduling"> = {
  kind: "scheduling",
  name: "fifo",
  apiVersion: PLUGIN_API_VERSION,
  description: "first come, first served, whatever the QoS cube",
  options: [],
  position: 10,
  rank: 10,
  create: () => scheduling,
};
