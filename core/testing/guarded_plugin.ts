/**
 * Instances of a third party's plugin, under guard.
 *
 * @module
 */
import type { AnyPlugin, PluginContexts, PluginInstances } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import { PluginGuard } from "../registry/guard/plugin_guard.ts";
import { Registry } from "../registry/registry.ts";
import { testingLog } from "./log.ts";

/** The file that the plugin is said to come from. */
export const FILE = "/etc/ouroboros/bad.ts";

/** An instance, its guard, and the log. */
export interface Guarded<K extends PluginKind> {
  readonly made: PluginInstances[K];
  readonly guard: PluginGuard;
  readonly lines: string[];
}

/** Puts an instance of a third party under guard. */
export function guardedOf<K extends PluginKind>(
  kind: K,
  create: (host: unknown, context: PluginContexts[K]) => object,
  context: unknown = {},
): Guarded<K> {
  const lines: string[] = [];
  const log = testingLog(lines);
  const guard = new PluginGuard(log);
  const registry = new Registry(log, guard);
  const plugin = { kind, name: "bad", apiVersion: 1, description: "bad", options: [], create };
  registry.add(plugin as unknown as AnyPlugin, FILE);
  return { made: registry.make(kind, "bad", context as PluginContexts[K]), guard, lines };
}
