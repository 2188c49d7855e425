/**
 * Starts the process of third party's plugins, and makes them known.
 *
 * @module
 */
import type { Log } from "../../contract/ports.ts";
import { systemClock, systemRandom, systemTimers } from "../../os/clock.ts";
import { spawnLineChild } from "../../os/process/line_child.ts";
import type { Running } from "../../os/process/self_command.ts";
import type { Registry } from "../../registry/registry.ts";
import { type LoadedPlugin, PluginProcess } from "./plugin_process.ts";

/** The heap of the process: what a plugin allocates without end ends it, and nothing else. */
const ENV = { DENO_V8_FLAGS: "--max-old-space-size=256", DENO_NO_PROMPT: "1" };

/**
 * Loads the files in a process of their own, and adds their plugins to the registry.
 *
 * @param running names the entry point; left out: the one of this process
 * @throws PluginError for the first file or plugin at fault
 */
export async function openPluginProcess(
  files: readonly string[],
  registry: Registry,
  log: Log,
  running?: Running,
): Promise<PluginProcess> {
  const opened = new PluginProcess({
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
    log,
    files,
    start: (events) => spawnLineChild("plugind", ENV, events, running),
  });
  const loaded = await new Promise<readonly LoadedPlugin[]>((resolve, reject) =>
    opened.open((outcome) => outcome.ok ? resolve(outcome.value) : reject(outcome.error))
  );
  try {
    for (const { plugin, origin } of loaded) registry.addElsewhere(plugin, origin);
  } catch (thrown) {
    opened.close();
    throw thrown;
  }
  return opened;
}
