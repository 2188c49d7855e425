/**
 * What plugins tell of their packets: those that are built in, and those of the files that the running IRMd was given.
 *
 * @module
 */
import { IrmdError, PermissionError } from "../../contract/errors.ts";
import type { PacketFormats } from "../../contract/formats.ts";
import { SILENT } from "../../contract/ports.ts";
import type { Builtins } from "../../registry/builtins.ts";
import { openRegistry } from "../../registry/open_registry.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import { fieldsOf, list, text } from "../../wire/local/fields.ts";
import type { IrmdClient } from "../irmd_client.ts";

const MAX_PLUGINS = 10_000, MAX_PATH = 4096;

/** Loads them, third parties' first. @throws PluginError when a file of the IRMd's cannot be loaded here */
export async function openFormats(builtins: Builtins, irmd: IrmdClient): Promise<readonly PacketFormats[]> {
  const registry = await openRegistry(builtins, await pluginFiles(irmd), SILENT);
  return await registry.allFormats();
}

/** Returns the files of third parties' plugins; none where no IRMd runs, or this user may not ask it. */
async function pluginFiles(irmd: IrmdClient): Promise<string[]> {
  let plugins: unknown;
  try {
    plugins = await irmd.call("plugins.list", {});
  } catch (thrown) {
    if (thrown instanceof IrmdError || thrown instanceof PermissionError) return [];
    throw thrown;
  }
  const origins = list(
    { plugins },
    "plugins",
    MAX_PLUGINS,
    (from, key) => text(fieldsOf(from[key], key), "origin", MAX_PATH),
  );
  return [...new Set(origins)].filter((origin) => origin !== BUILT_IN);
}
