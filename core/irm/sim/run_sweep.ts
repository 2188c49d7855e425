/**
 * Plays the runs of a sweep, several at once, keeps what came of them in a file, and goes on where that file ends.
 *
 * @module
 */
import { InternalError, InvalidError, NotFoundError } from "../../contract/errors.ts";
import { appendTo, readTextUpTo } from "../../os/files.ts";
import { type LineChild, spawnLineChild } from "../../os/process/line_child.ts";
import { type Run, runsIn, runsOf, type Shard, type Sweep } from "../../sim/sweep/plan.ts";
import {
  headLine,
  readResults,
  type Result,
  resultFrom,
  resultLine,
  sameSweep,
} from "../../sim/sweep/results.ts";
import { fieldsOf, text } from "../../wire/local/fields.ts";
import { counted } from "../../tools/columns.ts";
import type { ScenarioFiles } from "./load.ts";
import { playRun } from "./play_run.ts";
import type { SimContext } from "./run_scenario.ts";

/** Largest file of results, in bytes. */
export const MAX_RESULTS = 1024 * 1024 * 1024;
/** Longest word of a fault, in bytes. */
const MAX_FAULT = 64 * 1024;

/** How a sweep is played. */
export interface SweepOptions {
  readonly shard: Shard;
  /** File of results; undefined: nothing is kept. */
  readonly path: string | undefined;
  /** What the runs hang on beside the scenario. */
  readonly files: ScenarioFiles;
  /** Runs at once; one is played in this process. */
  readonly jobs: number;
  /** Called when a run is over. */
  progress(done: number, of: number): void;
  complain(text: string): void;
}

/** Plays what is missing; returns all results of the part, by their numbers. @throws OuroError */
export async function runSweep(sweep: Sweep, options: SweepOptions, context: SimContext): Promise<Result[]> {
  const wanted = runsIn(runsOf(sweep), options.shard);
  const results = new Map<number, Result>();
  const file = options.path === undefined
    ? undefined
    : await openResults(options.path, sweep, options, results);
  const missing = wanted.filter(({ number }) => !results.has(number));
  const { fingerprint: files } = options.files;
  const over = async (played: Result) => {
    const result: Result = files === "" ? played : { ...played, files };
    results.set(result.number, result);
    await file?.write(`${resultLine(result)}\n`);
    options.progress(wanted.length - missing.length + done(), wanted.length);
  };
  const done = () => missing.filter(({ number }) => results.has(number)).length;
  try {
    const jobs = Math.min(options.jobs, missing.length);
    const players = jobs < 2
      ? [{ play: (run: Run) => playRun(sweep.scenario, run, context, options.complain), end() {} }]
      : Array.from({ length: jobs }, () => new Player(sweep.scenario));
    const left = missing.values();
    try {
      await Promise.all(players.map(async (player) => {
        for (const run of left) await over(await player.play(run));
      }));
    } finally {
      for (const player of players) player.end();
    }
  } finally {
    file?.close();
  }
  return wanted.flatMap(({ number }) => results.get(number) ?? []);
}

/** Opens the file, with what it holds of this sweep. @throws InvalidError when it is another's */
async function openResults(
  path: string,
  sweep: Sweep,
  { files: { fingerprint, paths }, complain }: SweepOptions,
  results: Map<number, Result>,
) {
  let content = "";
  try {
    content = await readTextUpTo(path, MAX_RESULTS);
  } catch (thrown) {
    if (!(thrown instanceof NotFoundError)) throw thrown;
  }
  const begin = async () => {
    const file = await appendTo(path, 0);
    await file.write(`${headLine(sweep)}\n`);
    return file;
  };
  if (!content.includes("\n")) return await begin();
  const kept = readResults(content, path);
  if (!sameSweep(kept.sweep, sweep)) {
    // Of a sweep that has not come to a result there is nothing to keep.
    if (kept.results.length === 0) return await begin();
    throw new InvalidError(
      `${path} has the results of another sweep or scenario; name another file, or remove it`,
    );
  }
  for (const result of kept.results) results.set(result.number, result);
  const old = [...results.values()].filter(({ files = "" }) => files !== fingerprint);
  for (const { number } of old) results.delete(number);
  if (old.length > 0) {
    complain(
      `ouro sim: ${path} has ${counted(old.length, "run")} from before a change of ${paths.join(" or ")}; ` +
        "they are played again",
    );
  }
  return await appendTo(path, kept.whole);
}

/** A process that plays runs, one after the other. */
class Player {
  readonly #child: LineChild;
  #waiting: PromiseWithResolvers<Result> | undefined;
  #ended: string | undefined;

  constructor(private readonly scenario: string) {
    this.#child = spawnLineChild("simd", {}, {
      line: (line) => this.#answered(line),
      ended: (how) => {
        this.#ended = how;
        this.#waiting?.reject(new InternalError(`the process that played a run has ended: ${how}`));
      },
    });
  }

  /** Plays a run. @throws OuroError */
  play(run: Run): Promise<Result> {
    this.#waiting = Promise.withResolvers();
    if (this.#ended === undefined) this.#child.send(JSON.stringify({ scenario: this.scenario, ...run }));
    else this.#waiting.reject(new InternalError(`the process that plays runs has ended: ${this.#ended}`));
    return this.#waiting.promise;
  }

  /** Ends it. */
  end(): void {
    this.#waiting = undefined;
    this.#child.kill();
  }

  #answered(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    try {
      const answer = fieldsOf(JSON.parse(line), "the answer");
      if (answer.error !== undefined) throw new InvalidError(text(answer, "error", MAX_FAULT));
      waiting?.resolve(resultFrom(fieldsOf(answer.result, "the result")));
    } catch (thrown) {
      waiting?.reject(thrown);
    }
  }
}
