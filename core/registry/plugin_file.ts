/**
 * Loads plugins from a third party's file.
 *
 * @module
 */
import { PluginError } from "../contract/errors.ts";
import type { AnyPlugin } from "../contract/plugin.ts";
import { checkPlugin } from "./check_plugin.ts";

/**
 * Imports a module whose default export is a plugin or a list of plugins.
 *
 * @param path of the file; relative to the working directory
 * @throws PluginError naming the file: it is not there, does not parse, throws, or exports something else
 */
export async function loadPluginFile(path: string): Promise<AnyPlugin[]> {
  const { default: exported } = await importModule(path);
  const found = Array.isArray(exported) ? exported : [exported];
  if (exported === undefined || found.length === 0) {
    throw new PluginError(
      `plugin file ${path} must have a plugin, or a list of plugins, as its default export`,
    );
  }
  return found.map((value) => checkPlugin(value, path));
}

/** Imports the whole module, not its export: what a promise is resolved with is asked for a method `then`, and may throw at that. */
async function importModule(path: string): Promise<{ default?: unknown }> {
  const url = fileUrl(path);
  try {
    return await import(url);
  } catch (cause) {
    throw new PluginError(`plugin file ${path} cannot be loaded: ${reason(cause, url)}`, { cause });
  }
}

/** Returns the address of a file, with every character that means something in an address escaped. */
function fileUrl(path: string): string {
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  return new URL(whole.split("/").map(encodeURIComponent).join("/"), "file:///").href;
}

function reason(thrown: unknown, url: string): string {
  if (!(thrown instanceof Error)) return `it throws ${String(thrown)}`;
  if (thrown.message.startsWith(`Module not found "${url}"`)) return "there is no such file";
  const code: unknown = Reflect.get(thrown, "code");
  const loading = code === "ERR_MODULE_NOT_FOUND" || thrown instanceof SyntaxError;
  return loading ? thrown.message : `it throws ${thrown.name}: ${thrown.message}`;
}
