/**
 * Fills a registry: with what is built in, then with a third party's files.
 *
 * @module
 */
import type { Log } from "../contract/ports.ts";
import type { Builtins } from "./builtins.ts";
import { Registry } from "./registry.ts";

/**
 * Makes a registry of the built-in plugins and of files.
 *
 * @param builtins gives the built-in plugins
 * @param files paths of third parties' files, in the order given
 * @param log what plugins write to
 * @throws PluginError for the first file or plugin at fault
 */
export async function openRegistry(
  builtins: Builtins,
  files: readonly string[],
  log: Log,
): Promise<Registry> {
  const registry = new Registry(log);
  for (const builtin of await builtins()) registry.addBuiltin(builtin);
  if (files.length === 0) return registry;
  const { loadPluginFile } = await import("./plugin_file.ts");
  for (const file of files) {
    for (const plugin of await loadPluginFile(file)) registry.add(plugin, file);
  }
  return registry;
}
