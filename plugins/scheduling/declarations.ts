/**
 * Declarations of the orders in which packets, or flows that have some, go.
 *
 * @module
 */
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

/** First come, first served. */
export const FIFO: PluginDeclaration<"scheduling"> = {
  kind: "scheduling",
  name: "fifo",
  apiVersion: PLUGIN_API_VERSION,
  description: "first come, first served, whatever the QoS cube",
  options: [],
  position: 10,
  rank: 10,
};

/** The cube decides. */
export const PRIORITY: PluginDeclaration<"scheduling"> = {
  kind: "scheduling",
  name: "priority",
  apiVersion: PLUGIN_API_VERSION,
  description: "voice before video before best effort, each first come, first served",
  options: [],
  position: 20,
  rank: 20,
};
