/**
 * Third parties' files in the process of a command: with the guard and the watchdog that daemons have.
 *
 * @module
 */
import type { Log, Timers } from "../../contract/ports.ts";
import type { AnyPlugin } from "../../contract/plugin.ts";
import { systemTimers } from "../../os/clock.ts";
import { watchPlugins } from "../../os/process/watchdog.ts";
import type { MemberNeeds } from "../../conformance/ipcp/simulated_member.ts";
import type { Builtin } from "../../registry/builtins.ts";
import type { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { checkOptions } from "../../registry/check_options.ts";
import { Registry } from "../../registry/registry.ts";
import type { Output } from "../../tools/environment.ts";
import type { RoleContext } from "../../tools/tool.ts";

/** What a command has for third parties' files. */
export interface Watched {
  readonly guard: PluginGuard;
  readonly log: Log;
  /** For what limits how long a file may take to be loaded. */
  readonly timers: Timers;
}

/**
 * Runs what runs third parties' code.
 *
 * @param command that the watchdog names when it ends the process
 * @param seconds that a call may take; left out: what it may in a daemon
 */
export async function underWatch<T>(
  { watchdog: module }: Pick<RoleContext, "watchdog">,
  command: string,
  output: Output,
  run: (watched: Watched) => Promise<T>,
  seconds?: number,
): Promise<T> {
  const log = logTo(output);
  const { guard, watchdog } = watchPlugins(module, "stderr", command, log, { seconds });
  try {
    return await run({ guard, log, timers: systemTimers });
  } finally {
    watchdog.end();
  }
}

/** Loads a file as the IRMd would, beside the built-in plugins. @throws PluginError as the IRMd would */
export async function pluginsOfFile(
  file: string,
  builtins: readonly Builtin[],
  { guard, log, timers }: Watched,
): Promise<{ readonly plugins: readonly AnyPlugin[]; readonly registry: Registry }> {
  const { loadPluginFile } = await import("../../registry/plugin_file.ts");
  const registry = new Registry(log, guard);
  for (const builtin of builtins) registry.addBuiltin(builtin);
  const plugins = await guard.loading(file, () => loadPluginFile(file, timers));
  for (const plugin of plugins) registry.add(plugin, file);
  return { plugins, registry };
}

/** What plugins of a file are tried with. */
export interface Surroundings {
  readonly plugins: readonly AnyPlugin[];
  readonly registry: Registry;
  readonly builtins: readonly Builtin[];
  /** As a user writes them. */
  readonly options: Readonly<Record<string, string>>;
}

/**
 * Returns what a plugin is tried with: its options, the built-in plugins that it uses, and a host with networks.
 *
 * @throws InvalidError for options that it does not take; where the file has several plugins, they are another's
 */
export async function needsOf(
  plugin: AnyPlugin,
  { plugins, registry, builtins, options: given }: Surroundings,
): Promise<MemberNeeds> {
  const { loadUsed, simulatedHost } = await import("../../conformance/ipcp/surroundings.ts");
  const declared = plugin.options.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const own = Object.entries(given).filter(([name]) => declared.includes(name));
  const options = plugins.length === 1 ? given : Object.fromEntries(own);
  checkOptions(plugin.options, options, registry.policies);
  return { options, uses: await loadUsed(plugin, builtins), networks: simulatedHost };
}

function logTo(output: Output): Log {
  const log: Log = {
    error: (text) => output.complain(text),
    warning: (text) => output.complain(text),
    info: () => {},
    debug: () => {},
    component: () => log,
  };
  return log;
}
