/**
 * Which plugins there are: those of the running IRMd, else those that are built in.
 *
 * @module
 */
import { IrmdError, PermissionError } from "../../contract/errors.ts";
import type { Environment, ListedPlugin } from "./environment.ts";
import { readPlugins } from "./plugin_list.ts";

/** Asks the IRMd; without one, or without the right to ask, gives the built-in ones. */
export async function knownPlugins(environment: Environment): Promise<readonly ListedPlugin[]> {
  try {
    return readPlugins(await environment.call("plugins.list", {}));
  } catch (thrown) {
    if (thrown instanceof IrmdError || thrown instanceof PermissionError) return await environment.builtins();
    throw thrown;
  }
}
