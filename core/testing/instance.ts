/** Instances of plugins as the registry makes them: complete. @module */
import type { Plugin, PluginContexts, PluginHost, PluginInstances } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import { completeInstance } from "../registry/check_instance.ts";

/** Makes an instance, with what is done by default in the place of what the plugin leaves out. */
export const instanceOf = <K extends PluginKind>(
  plugin: Plugin<K>,
  host: PluginHost,
  context: PluginContexts[K],
): PluginInstances[K] => completeInstance<K>(plugin.create(host, context), plugin, plugin.name);
