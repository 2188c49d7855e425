/**
 * Plays a scenario to its end, and lets the rest of the process have its turns meanwhile.
 *
 * @module
 */
import { SILENT } from "../../contract/ports.ts";
import { afterTurn } from "../../os/turn.ts";
import { openRegistry } from "../../registry/open_registry.ts";
import type { Registry } from "../../registry/registry.ts";
import { Play, type PlayOptions, type Progress } from "../../sim/play/play.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import type { RoleContext } from "../../tools/tool.ts";
import type { Output } from "../../tools/environment.ts";

/** What the program gives its tools, as far as a scenario needs it. */
export type SimContext = Pick<RoleContext, "builtins" | "watchdog">;

/**
 * Runs `work` with what opens registries; third parties' plugins are guarded, and the guard ends with the work.
 *
 * @param command that errors name
 * @param complain takes what plugins do wrong
 */
export async function withRegistries<T>(
  { builtins, watchdog: module }: SimContext,
  command: string,
  complain: Output["complain"],
  work: (open: (files: readonly string[]) => Promise<Registry>) => Promise<T>,
): Promise<T> {
  let end = () => {};
  try {
    return await work(async (files) => {
      if (files.length === 0) return await openRegistry(builtins, [], SILENT);
      const { systemTimers } = await import("../../os/clock.ts");
      const { watchPlugins } = await import("../../os/process/watchdog.ts");
      const log = { ...SILENT, error: complain, warning: complain, component: () => log };
      const { guard, watchdog } = watchPlugins(module, "stderr", command, log);
      end = () => watchdog.end();
      return await openRegistry(builtins, files, log, { guard, timers: systemTimers });
    });
  } finally {
    end();
  }
}

/** Plays a scenario. @param step is waited for between two steps @throws PluginError, InvalidError */
export async function playScenario(
  scenario: Scenario,
  options: PlayOptions,
  step: (progress: Progress) => Promise<void> | void = () => {},
): Promise<Play> {
  const play = await Play.make(scenario, options);
  for (const progress of play.steps()) {
    await step(progress);
    await new Promise<void>((done) => afterTurn(done));
  }
  return play;
}
