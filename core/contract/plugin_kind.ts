/**
 * The kinds of plugins.
 *
 * @module
 */

/** All kinds, in the order in which lists show them. */
export const PLUGIN_KINDS = [
  "ipcp",
  "routing",
  "congestion",
  "forwarding",
  "directory",
  "address",
  "scheduling",
  "balancing",
  "hash",
] as const;

/** What kinds of plugins there are. */
export type PluginKind = typeof PLUGIN_KINDS[number];
