/**
 * Runs `ouro sim`.
 *
 * @module
 */
import { CancelledError, InvalidError, NotFoundError } from "../../contract/errors.ts";
import { systemClock } from "../../os/clock.ts";
import { readTextUpTo } from "../../os/files.ts";
import { onStopSignal } from "../../os/process/signals.ts";
import { StatusLine } from "../../os/log/status_line.ts";
import { READY_MADE } from "../../sim/ready/ready_made.ts";
import { tablesOf } from "../../sim/play/tables.ts";
import type { Overrides } from "../../sim/scenario/read_scenario.ts";
import { combinations, readShard, readValues, runsOf, type Sweep } from "../../sim/sweep/plan.ts";
import { readResults, type Result, sameSweep } from "../../sim/sweep/results.ts";
import { summaryOf, sweepTables } from "../../sim/sweep/summary.ts";
import { formatRows } from "../../tools/columns.ts";
import { parseCommandLine, type ParsedOptions } from "../../tools/command_line.ts";
import type { Environment } from "../../tools/environment.ts";
import { wholeNumber } from "../../tools/numbers.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";
import { checkUsed, filesOf, findScenario, loadScenario, readSetting } from "./load.ts";
import { Outputs } from "./outputs.ts";
import { playScenario, type SimContext, withRegistries } from "./run_scenario.ts";
import { MAX_RESULTS, runSweep } from "./run_sweep.ts";
import { TOOL } from "./tool.ts";

type Options = ParsedOptions<typeof TOOL["options"]>;

const MAX_SEED = 2 ** 32 - 1, MAX_SEEDS = 100_000, MAX_JOBS = 1024;

/** Runs the words behind `ouro sim`; gives the exit status. */
export const runSim = reported(
  "ouro sim",
  async (words, environment, context: SimContext) => {
    const parsed = parseCommandLine(TOOL, words);
    if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
    const { options, operands: [word, ...files] } = parsed;
    if (options.list) {
      environment.print(
        formatRows(READY_MADE.map(({ name, help }) => [name, help] as const), 0, 14).join("\n"),
      );
      return 0;
    }
    if (word === undefined) {
      throw new InvalidError("a scenario is missing: a file, or one of those that ouro sim --list lists");
    }
    if (word === "merge") return await merge(files, options, environment);
    if (files.length > 0) {
      throw new InvalidError(`one scenario is played at a time; '${files[0]}' is one too many`);
    }
    if (options.show) {
      environment.print((await findScenario(word)).text.trimEnd());
      return 0;
    }
    if (options.sweep.length > 0 || options.seeds !== undefined) {
      return await sweep(word, options, environment, context);
    }
    for (const key of ["shard", "results", "jobs"] as const) {
      if (options[key] !== undefined) throw new InvalidError(`--${key} goes with --sweep or --seeds`);
    }
    return await play(word, options, environment, context);
  },
);

const settings = ({ set }: Options) => Object.fromEntries(set.map((text) => readSetting(text, "set")));

async function play(
  word: string,
  options: Options,
  environment: Environment,
  context: SimContext,
): Promise<number> {
  const { seed, json, trace, pcap, svg, html } = options;
  const source = await findScenario(word);
  const over: Overrides = {
    values: settings(options),
    ...seed === undefined ? {} : { seed: wholeNumber("seed", seed, 0, MAX_SEED) },
  };
  return await withRegistries(context, "ouro sim", environment.complain, async (open) => {
    const { scenario, registry } = await loadScenario(source, over, open);
    for (const note of scenario.notes) environment.complain(`ouro sim: ${note}`);
    const outputs = await Outputs.open(
      { pcap, svg, html },
      scenario.hosts,
      () => registry.allFormats(),
      trace ? environment.print : undefined,
    );
    const line = new StatusLine(systemClock);
    let stopped = false;
    const undo = outputs.some ? onStopSignal(() => stopped = true) : () => {};
    try {
      const played = await playScenario(
        scenario,
        { registry, onPacket: outputs.onPacket },
        ({ step, now, events }) => {
          if (stopped) throw new CancelledError("it was stopped, and its files are not written");
          line.show(() =>
            `${step}; ${(now / 1000).toFixed(1)} s, ${(events / 1e6).toFixed(1)} million events`
          );
          return outputs.room();
        },
      );
      line.clear();
      const found = await outputs.finish(played);
      environment.print(json ? JSON.stringify(found) : tablesOf(found));
      const up = found.layers.every(({ converged }) => converged !== null);
      return up && found.faults.length === 0 ? 0 : 1;
    } finally {
      line.clear();
      undo();
      await outputs.discard();
    }
  });
}

async function sweep(
  word: string,
  options: Options,
  environment: Environment,
  context: SimContext,
): Promise<number> {
  for (const key of ["trace", "pcap", "svg", "html"] as const) {
    if (options[key]) throw new InvalidError(`--${key} is for one run, not for a sweep`);
  }
  const source = await findScenario(word);
  const { text } = source;
  const first = options.seed === undefined ? 1 : wholeNumber("seed", options.seed, 0, MAX_SEED - MAX_SEEDS);
  const seeds = wholeNumber("number of seeds", options.seeds ?? "1", 1, MAX_SEEDS);
  const whole: Sweep = {
    scenario: word,
    text,
    values: [
      ...Object.entries(settings(options)).map(([key, value]) => [key, [value]] as const),
      ...options.sweep.map(readValues),
    ],
    seeds: Array.from({ length: seeds }, (_, index) => first + index),
  };
  await withRegistries(
    context,
    "ouro sim",
    environment.complain,
    (open) => checkUsed(source, combinations(whole), open),
  );
  const line = new StatusLine(systemClock);
  const results = await runSweep(whole, {
    shard: options.shard === undefined ? { part: 1, of: 1 } : readShard(options.shard),
    path: options.results,
    files: await filesOf(source),
    jobs: options.jobs === undefined
      ? navigator.hardwareConcurrency
      : wholeNumber("number of jobs", options.jobs, 1, MAX_JOBS),
    progress: (done, of) => line.show(() => `${done} of ${of} runs`),
    complain: environment.complain,
  }, context);
  line.clear();
  return tell(whole, results, options, environment) ? 0 : 1;
}

async function merge(paths: readonly string[], options: Options, environment: Environment): Promise<number> {
  if (paths.length === 0) throw new InvalidError("files of results are missing behind merge");
  const results = new Map<number, Result>();
  const prints = new Set<string>();
  let whole: Sweep | undefined;
  for (const path of paths) {
    const found = readResults(await resultsIn(path), path);
    whole ??= found.sweep;
    if (!sameSweep(whole, found.sweep)) {
      throw new InvalidError(`${path} has the results of another sweep than ${paths[0]}`);
    }
    // Within a file the later line of a run counts, as it was played again; of two files none is known to be the later one.
    const own = new Map(found.results.map((result) => [result.number, result]));
    for (const [number, result] of own) {
      results.set(number, result);
      prints.add(result.files ?? "");
    }
  }
  if (prints.size > 1) {
    throw new InvalidError(
      "these runs were played with different states of the scenario's plugins or its graph: with the files as they shall be, " +
        "start each sweep again with its words; it plays again what is of other ones",
    );
  }
  if (whole === undefined) return 1;
  const missing = runsOf(whole).filter(({ number }) => !results.has(number)).length;
  if (missing > 0) environment.complain(`ouro sim: ${missing} runs of the sweep are in none of these files`);
  const sorted = [...results.values()].sort((a, b) => a.number - b.number);
  return tell(whole, sorted, options, environment) && missing === 0 ? 0 : 1;
}

async function resultsIn(path: string): Promise<string> {
  try {
    return await readTextUpTo(path, MAX_RESULTS);
  } catch (thrown) {
    if (!(thrown instanceof NotFoundError)) throw thrown;
    throw new NotFoundError(
      `there is no file "${path}"; behind merge stand files that --results has written`,
      {
        cause: thrown,
      },
    );
  }
}

/** Prints what came of it. @returns whether all runs were as they should be */
function tell(sweep: Sweep, results: readonly Result[], { json }: Options, { print }: Environment): boolean {
  const rows = summaryOf(sweep, results);
  const { scenario, values, seeds } = sweep;
  if (json) print(JSON.stringify({ scenario, values, seeds: seeds.length, rows }));
  else {print(
      `${scenario}, means of ${seeds.length} seeds, with a confidence of 95 %:\n\n${
        sweepTables(sweep, rows)
      }`,
    );}
  return rows.every(({ troubled }) => troubled === 0);
}

/** Runs it. */
export const run = withSystem(runSim);
