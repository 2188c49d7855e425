/**
 * Plays one run of a sweep.
 *
 * @module
 */
import { findingsOf } from "../../sim/play/findings.ts";
import type { Run } from "../../sim/sweep/plan.ts";
import { type Result, resultOf } from "../../sim/sweep/results.ts";
import type { Output } from "../../tools/environment.ts";
import { findScenario, loadScenario, SWEPT } from "./load.ts";
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
      // Whether any run has the option was looked at before the first one.
      { seed, values, option: SWEPT, onUnused() {} },
      open,
    );
    const found = findingsOf(await playScenario(scenario, { registry }));
    return resultOf(number, found);
  });
}
