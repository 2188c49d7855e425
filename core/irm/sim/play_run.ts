/**
 * Plays one run of a sweep.
 *
 * @module
 */
import { findingsOf } from "../../sim/play/findings.ts";
import type { Run } from "../../sim/sweep/plan.ts";
import { metricsOf, type Result } from "../../sim/sweep/results.ts";
import type { Output } from "../../tools/environment.ts";
import { findScenario, loadScenario } from "./load.ts";
import { playScenario, type SimContext, withRegistries } from "./run_scenario.ts";

/** Plays it. @param word the file of the scenario, or its name @throws OuroError */
export async function playRun(
  word: string,
  { number, seed, values }: Run,
  context: SimContext,
  complain: Output["complain"],
): Promise<Result> {
  const source = await findScenario(word);
  return await withRegistries(context, "ouro sim", complain, async (open) => {
    const { scenario, registry } = await loadScenario(
      source,
      { seed, values, option: "--set or --sweep" },
      open,
    );
    const found = findingsOf(await playScenario(scenario, { registry }));
    return { number, metrics: metricsOf(found), trace: found.trace };
  });
}
