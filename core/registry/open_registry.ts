/**
 * Fills a registry: with what is built in, then with a third party's files.
 *
 * @module
 */
import type { Log, Timers } from "../contract/ports.ts";
import type { Builtins } from "./builtins.ts";
import type { PluginGuard } from "./guard/plugin_guard.ts";
import { Registry } from "./registry.ts";

/** How files of third parties are loaded and used. */
export interface OpenOptions {
  /** Takes the calls of their plugins. */
  readonly guard?: PluginGuard;
  /** A file that waits for ever when it is loaded is refused after a while; left out: it is waited for. */
  readonly timers?: Timers;
}

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
  { guard, timers }: OpenOptions = {},
): Promise<Registry> {
  const registry = new Registry(log, guard);
  for (const builtin of await builtins()) registry.addBuiltin(builtin);
  if (files.length === 0) return registry;
  const { loadPluginFile } = await import("./plugin_file.ts");
  for (const file of files) {
    const loaded = await registry.guard.loading(file, () => loadPluginFile(file, timers));
    for (const plugin of loaded) registry.add(plugin, file);
  }
  return registry;
}
