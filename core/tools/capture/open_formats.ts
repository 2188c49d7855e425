/**
 * What plugins tell of their packets: those that are built in, and those of the files that the running IRMd was given.
 *
 * @module
 */
import { IrmdError, PermissionError, PluginError } from "../../contract/errors.ts";
import type { PacketFormats } from "../../contract/formats.ts";
import { SILENT } from "../../contract/ports.ts";
import type { Builtins } from "../../registry/builtins.ts";
import type { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { systemTimers } from "../../os/clock.ts";
import { openRegistry } from "../../registry/open_registry.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import { fieldsOf, list, text } from "../../wire/local/fields.ts";
import type { IrmdClient } from "../irmd_client.ts";

const MAX_PLUGINS = 10_000, MAX_PATH = 4096;

/**
 * Loads them, third parties' first.
 *
 * @param complain is told when a file of the IRMd's cannot be loaded here; the capture does without all of them then
 * @param guard makes the guard of their calls, when there are any
 */
export async function openFormats(
  builtins: Builtins,
  irmd: Pick<IrmdClient, "call">,
  complain: (sentence: string) => void,
  guard: () => Promise<PluginGuard>,
): Promise<readonly PacketFormats[]> {
  const files = await pluginFiles(irmd);
  const options = files.length === 0 ? {} : { guard: await guard(), timers: systemTimers };
  try {
    return await (await openRegistry(builtins, files, SILENT, options)).allFormats();
  } catch (thrown) {
    if (!(thrown instanceof PluginError)) throw thrown;
    complain(thrown.message);
    return await (await openRegistry(builtins, [], SILENT)).allFormats();
  }
}

/** Returns the files of third parties' plugins; none where no IRMd runs, or this user may not ask it. */
async function pluginFiles(irmd: Pick<IrmdClient, "call">): Promise<string[]> {
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
