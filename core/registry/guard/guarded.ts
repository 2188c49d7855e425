/**
 * Puts a plugin of any kind under guard.
 *
 * @module
 */
import type { PluginContexts, PluginInstances } from "../../contract/plugin.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { GuardedCongestion } from "./congestion.ts";
import { GuardedDirectory, guardedDirectoryContext } from "./directory.ts";
import { GuardedForwarding } from "./forwarding.ts";
import { GuardedIpcp, guardedIpcpContext } from "./ipcp.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";
import { GuardedRouting, guardedRoutingContext } from "./routing.ts";
import { guardedAddresses, guardedBalancer, guardedHash, guardedScheduling } from "./small_policies.ts";

const INSTANCES: {
  readonly [K in PluginKind]: (made: PluginInstances[K], plugin: GuardedPlugin) => PluginInstances[K];
} = {
  ipcp: (made, plugin) => new GuardedIpcp(made, plugin),
  routing: (made, plugin) => new GuardedRouting(made, plugin),
  congestion: (made, plugin) => new GuardedCongestion(made, plugin),
  forwarding: (made, plugin) => new GuardedForwarding(made, plugin),
  directory: (made, plugin) => new GuardedDirectory(made, plugin),
  address: guardedAddresses,
  scheduling: guardedScheduling,
  balancing: guardedBalancer,
  hash: guardedHash,
};

/** Contexts that hold what a plugin calls, or lets call it back. */
const CONTEXTS: {
  readonly [K in PluginKind]?: (context: PluginContexts[K], plugin: GuardedPlugin) => PluginContexts[K];
} = {
  ipcp: guardedIpcpContext,
  routing: guardedRoutingContext,
  directory: guardedDirectoryContext,
};

/** Returns what the factory of a guarded plugin gets. */
export function guardedContext<K extends PluginKind>(
  kind: K,
  context: PluginContexts[K],
  plugin: GuardedPlugin,
): PluginContexts[K] {
  return CONTEXTS[kind]?.(context, plugin) ?? context;
}

/** Puts what a factory has made under guard. */
export function guarded<K extends PluginKind>(
  kind: K,
  made: PluginInstances[K],
  plugin: GuardedPlugin,
): PluginInstances[K] {
  return INSTANCES[kind](made, plugin);
}
