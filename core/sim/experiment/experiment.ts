/**
 * What a layer of some size costs: it is brought up, converges, registers names, looks them up, carries flows and rests, and
 * everything that its members send meanwhile is counted.
 *
 * @module
 */
import { QOS } from "../../contract/qos.ts";
import { type Step, sum, Trial, type TrialOptions } from "./trial.ts";

/** What an experiment is made of. */
export interface ExperimentOptions extends TrialOptions {
  /** Whether a member knows the whole layer, by its statistics; left out: `Trial.reachesAll` says so, which costs much less. */
  converged?(stats: unknown, trial: Trial): boolean;
  /** Pairs of members between which flows are allocated. */
  readonly flows: number;
  /** Milliseconds at the end in which nothing is asked of the layer. */
  readonly rest: number;
  /** Called when a step is over. */
  progress?(step: string, trial: Trial): void;
}

/** Operations of one sort. */
export interface Operations extends Step {
  /** How many were started. */
  readonly asked: number;
  /** How many came to a good end. */
  readonly succeeded: number;
  /** Mean time of those that succeeded, in milliseconds. */
  readonly meanTime: number;
  /** Longest time of those that succeeded, in milliseconds. */
  readonly longestTime: number;
}

/** What came of an experiment. Times are virtual milliseconds since the start. */
export interface Findings {
  /** How many members. */
  readonly nodes: number;
  /** How many links between them. */
  readonly links: number;
  /** When the last member was in the layer; when the last link was connected; when the last member knew all. */
  readonly times: Readonly<Record<"enrolled" | "connected" | "converged", number>>;
  /** What was tried again while the layer was brought up. */
  readonly failures: number;
  /** From the start until the layer has converged. */
  readonly start: Step;
  /** From the start until the directory is quiet. */
  readonly settled: Step;
  /** Every member registers a name. */
  readonly registration: Operations;
  /** Every member looks a name of another one up. */
  readonly lookup: Operations;
  /** Some members allocate a flow, and exchange a packet each way. */
  readonly flows: Operations;
  /** Nothing is asked. */
  readonly rest: Step;
  /** Events of the simulation. */
  readonly events: number;
}

/** Longest that anything may take, in milliseconds. */
const LIMIT = 300_000;
/** Operations of one sort start within this time. */
const SPREAD = 10_000;
/** What was sent at the end arrives within this time. */
const SETTLE = 2000;

/** Runs an experiment. Throws what `Trial.make` throws. */
export async function runExperiment(options: ExperimentOptions): Promise<Findings> {
  const trial = await Trial.make(options);
  const { bringUp, layer: { members }, network } = trial;
  const count = members.length;
  const over = (step: string) => options.progress?.(step, trial);
  bringUp.start();
  const up = trial.until(LIMIT, () => bringUp.complete);
  const converging = trial.untilEach(
    LIMIT,
    (index) => options.converged?.(members[index].layer?.stats?.(), trial) ?? trial.reachesAll(index),
  );
  const converged = trial.now;
  over("converged");
  const settling = trial.rest(SETTLE);
  const others = members.map((_, index) => (index + 1 + trial.random.below(Math.max(1, count - 1))) % count);
  const registration = operate(trial, count, (index, done) => {
    const { applications } = members[index];
    applications.serve(
      nameOf(trial, index),
      (flow) => flow.onRead = (packet) => flow.write(packet),
      ({ ok }) => done(ok),
    );
  });
  over("registered");
  const lookup = operate(trial, count, (index, done) => {
    const { layer } = members[index];
    if (!layer) return done(false);
    layer.query(nameOf(trial, others[index]), (outcome) => done(outcome.ok && outcome.value));
  });
  over("looked up");
  const flows = operate(trial, Math.min(options.flows, count), (index, done) => {
    const { applications } = members[index];
    applications.allocate(nameOf(trial, others[index]), QOS.raw, (outcome) => {
      if (!outcome.ok) return done(false);
      outcome.value.onRead = () => done(true);
      outcome.value.write(new Uint8Array(64));
    });
  });
  over("flows allocated");
  const rest = trial.rest(options.rest);
  over("rested");
  return {
    nodes: count,
    links: network.links.length,
    times: { enrolled: bringUp.enrolledAt, connected: bringUp.connectedAt, converged },
    failures: bringUp.failures.length,
    start: sum(up, converging),
    settled: sum(up, converging, settling),
    registration,
    lookup,
    flows,
    rest,
    events: network.scheduler.events,
  };
}

const nameOf = ({ layer }: Trial, index: number) => layer.hash(`name.${index}`);

/** Starts operations at random times and waits for all. */
function operate(
  trial: Trial,
  count: number,
  start: (index: number, done: (succeeded: boolean) => void) => void,
): Operations {
  let [over, succeeded, total, longestTime] = [0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    trial.network.scheduler.after(trial.random.below(SPREAD), () => {
      const from = trial.now;
      let answered = false;
      start(index, (ok) => {
        if (answered) return;
        answered = true;
        over++;
        if (!ok) return;
        succeeded++;
        total += trial.now - from;
        longestTime = Math.max(longestTime, trial.now - from);
      });
    });
  }
  const step = sum(trial.until(LIMIT, () => over === count), trial.rest(SETTLE));
  return { ...step, asked: count, succeeded, meanTime: succeeded === 0 ? 0 : total / succeeded, longestTime };
}
