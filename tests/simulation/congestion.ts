/**
 * Flows of several members over links of limited rate, in virtual time: what each gets, what is lost, how long it takes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS, type QosSpec } from "../../core/contract/qos.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { ApplicationFlow } from "../../core/sim/experiment/application_flow.ts";
import { Sink, Source } from "../../core/sim/experiment/source.ts";
import { ring } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry, converged } from "./layers.ts";

/** Bytes of a packet of the application; with the layer's header it fits the link. */
const LENGTH = 1385;
/** Milliseconds that the application needs for a packet: 5.5 Gb/s. */
const INTERVAL = 0.002;
/** Milliseconds between two looks at a queue. */
const LOOK = 5;

/** What greedy flows get. */
export interface Shares {
  /** Bits a second that each flow carried, of the application's bytes. */
  readonly rates: readonly number[];
  /** Packets of the flows that were lost. */
  readonly lost: number;
  /** Packets that waited for the link at most, and on average. */
  readonly queue: { readonly longest: number; readonly mean: number };
}

/** A link between two members, and the layer's policies. */
export interface LineOptions {
  /** Bits a second of the link. */
  readonly rate: number;
  /** Milliseconds from one end of the link to the other. */
  readonly delay: number;
  readonly congestion: string;
  readonly scheduling?: string;
}

/** What to run. */
export interface GreedyOptions extends LineOptions {
  readonly flows: number;
  /** Milliseconds before counting begins. */
  readonly warmUp: number;
  /** Milliseconds of counting. */
  readonly duration: number;
}

/**
 * Jain's index: 1 when all get the same, one nth when one of n gets everything (R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of
 * Fairness, 1984).
 */
export function fairness(rates: readonly number[]): number {
  const sum = rates.reduce((a, b) => a + b, 0);
  return sum * sum / (rates.length * rates.reduce((a, b) => a + b * b, 0));
}

/** Part of a line that flows use, layer's headers included. */
export const use = (rates: readonly number[], rate: number): number =>
  rates.reduce((a, b) => a + b, 0) * (LENGTH + 15) / LENGTH / rate;

/** Two members joined by a link, with a server on the second one. */
export class SimulatedLine {
  /** The ends at the second member, in the order in which flows were opened. */
  readonly accepted: ApplicationFlow[] = [];
  readonly #hash;

  private constructor(readonly trial: Trial) {
    this.#hash = trial.layer.hash("sink");
  }

  /** Makes one; the layer is up, the name of the server known. */
  static async make(
    { rate, delay, congestion, scheduling = "priority" }: LineOptions,
  ): Promise<SimulatedLine> {
    const trial = await Trial.make({
      topology: ring(2),
      link: { rate, delay },
      registry: builtinRegistry(),
      seed: 1,
      options: { congestion, scheduling },
    });
    const line = new SimulatedLine(trial);
    const { bringUp, layer: { members } } = trial;
    bringUp.start();
    assert(trial.until(10_000, () => bringUp.complete).reached, "the layer did not come up");
    assert(trial.untilEach(10_000, (index) => converged(members[index].layer?.stats?.(), trial)).reached);
    trial.rest(1000);
    members[1].applications.serve(line.#hash, (flow) => line.accepted.push(flow), ({ ok }) => assert(ok));
    trial.rest(1000);
    return line;
  }

  /** Opens a flow; `up` gets its two ends. */
  open(qos: QosSpec, up: (near: ApplicationFlow, far: ApplicationFlow) => void): void {
    const { members } = this.trial.layer;
    const number = this.accepted.length;
    let near: ApplicationFlow | undefined;
    members[0].applications.allocate(this.#hash, qos, (outcome) => {
      assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
      near = outcome.value;
    });
    assert(this.trial.until(10_000, () => near !== undefined).reached, "a flow did not come up");
    assert(near);
    up(near, this.accepted[number]);
  }

  /** A flow that sends all that it may. */
  greedy(qos: QosSpec = QOS.raw): GreedyFlow {
    let made: GreedyFlow | undefined;
    this.open(qos, (near, far) => made = new GreedyFlow(near, far, this.trial));
    assert(made);
    return made;
  }

  /** Lets time pass, and looks at what waits for the link now and then. */
  watch(duration: number): Shares["queue"] {
    let [longest, total, looks] = [0, 0, 0];
    for (let past = 0; past < duration; past += LOOK) {
      this.trial.rest(LOOK);
      const { queued } = this;
      longest = Math.max(longest, queued);
      total += queued;
      looks++;
    }
    return { longest, mean: total / looks };
  }

  /** Packets that wait for the link at the first member. */
  get queued(): number {
    const stats = this.trial.layer.members[0].layer?.stats?.();
    return queuedIn(isStats(stats) ? stats["data transfer"] : undefined);
  }
}

const isStats = (value: unknown): value is Stats => typeof value === "object" && value !== null;

/** Packets that wait in the flows of data transfer. */
function queuedIn(transfer: unknown): number {
  const flows = isStats(transfer) ? transfer.flows : undefined;
  if (!Array.isArray(flows)) return 0;
  return flows.reduce(
    (sum, flow) => sum + (isStats(flow) && typeof flow.queued === "number" ? flow.queued : 0),
    0,
  );
}

/** A flow that sends all that it may, and counts what arrives. */
export class GreedyFlow {
  readonly #source: Source;
  readonly #sink: Sink;
  #before = 0;

  constructor(readonly near: ApplicationFlow, far: ApplicationFlow, trial: Trial) {
    this.#sink = new Sink(far);
    this.#source = new Source(near, trial.network.scheduler, { length: LENGTH, interval: INTERVAL });
  }

  /** Bits since this was asked for last. */
  take(): number {
    const before = this.#before;
    this.#before = this.#sink.bytes;
    return 8 * (this.#before - before);
  }

  /** It sends no more. */
  stop(): void {
    this.#source.stop();
  }

  /** Packets that were sent and have not arrived. */
  get missing(): number {
    return this.#source.sent - this.#sink.packets;
  }
}

/** Runs greedy flows from one member to its only neighbour. */
export async function greedyFlows(options: GreedyOptions): Promise<Shares> {
  const line = await SimulatedLine.make(options);
  const flows = Array.from({ length: options.flows }, () => line.greedy());
  line.trial.rest(options.warmUp);
  for (const flow of flows) flow.take();
  const queue = line.watch(options.duration);
  const rates = flows.map((flow) => 1000 * flow.take() / options.duration);
  for (const flow of flows) flow.stop();
  line.trial.rest(2000);
  return { rates, lost: flows.reduce((sum, { missing }) => sum + missing, 0), queue };
}

/** What flows get that come and go. */
export interface Phase {
  /** Flows that are there. */
  readonly flows: number;
  /** Part of the line that they use in the second half of the phase, and how even their shares are. */
  readonly use: number;
  readonly fairness: number;
}

/**
 * A flow comes every `step` milliseconds, until there are so many; then one goes every so often, the oldest first.
 *
 * @returns what they get while their number stays
 */
export async function comeAndGo(options: LineOptions & { flows: number; step: number }): Promise<Phase[]> {
  const { flows, step, rate } = options;
  const line = await SimulatedLine.make(options);
  const phases: Phase[] = [];
  const here: GreedyFlow[] = [];
  const observe = () => {
    line.trial.rest(step / 2);
    for (const flow of here) flow.take();
    line.trial.rest(step / 2);
    const rates = here.map((flow) => 2000 * flow.take() / step);
    phases.push({ flows: here.length, use: use(rates, rate), fairness: fairness(rates) });
  };
  while (here.length < flows) {
    here.push(line.greedy());
    observe();
  }
  while (here.length > 1) {
    here.shift()?.stop();
    observe();
  }
  return phases;
}

/** What two greedy flows get when the second one was slow for a while. */
export async function slowForAWhile(options: LineOptions): Promise<readonly number[]> {
  const line = await SimulatedLine.make(options);
  const { scheduler } = line.trial.network;
  const old = line.greedy();
  let slow: GreedyFlow | undefined;
  line.open(QOS.raw, (near, far) => {
    const sink = new Sink(far);
    // A megabit a second.
    const source = new Source(near, scheduler, { length: LENGTH, interval: 8 * LENGTH / 1000 });
    line.trial.rest(30_000);
    source.stop();
    assert(sink.packets > 0);
    slow = new GreedyFlow(near, far, line.trial);
  });
  assert(slow);
  line.trial.rest(5000);
  const both = [old, slow];
  for (const flow of both) flow.take();
  line.trial.rest(5000);
  return both.map((flow) => flow.take() / 5);
}
