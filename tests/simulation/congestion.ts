/**
 * Greedy flows between two members over links of limited rate.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { Sink, Source } from "../../core/sim/experiment/source.ts";
import { ring } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry, converged } from "./layers.ts";

/** Bytes of a packet of the application; with the layer's header it fits the link. */
const LENGTH = 1385;
/** Milliseconds that the application needs for a packet: 5.5 Gb/s. */
const INTERVAL = 0.002;

/** What greedy flows get. */
export interface Shares {
  /** Bits a second that each flow carried, of the application's bytes. */
  readonly rates: readonly number[];
  /** Packets of the flows that were lost. */
  readonly lost: number;
  /** Packets that waited for the link at most, and on average. */
  readonly queue: { readonly longest: number; readonly mean: number };
}

/** What to run. */
export interface GreedyOptions {
  /** Bits a second of the link. */
  readonly rate: number;
  /** Milliseconds from one end of the link to the other. */
  readonly delay: number;
  readonly flows: number;
  readonly congestion: string;
  /** Milliseconds before counting begins. */
  readonly warmUp: number;
  /** Milliseconds of counting. */
  readonly duration: number;
}

/** Runs greedy flows from one member to its only neighbour. */
export async function greedyFlows(options: GreedyOptions): Promise<Shares> {
  const { rate, delay, congestion } = options;
  const trial = await Trial.make({
    topology: ring(2),
    link: { rate, delay },
    registry: builtinRegistry(),
    seed: 1,
    options: { congestion },
  });
  const { bringUp, layer: { members }, network: { scheduler } } = trial;
  bringUp.start();
  assert(trial.until(10_000, () => bringUp.complete).reached, "the layer did not come up");
  assert(trial.untilEach(10_000, (index) => converged(members[index].layer?.stats?.(), trial)).reached);
  trial.rest(1000);
  const sinks: Sink[] = [];
  const sources: Source[] = [];
  const hash = trial.layer.hash("sink");
  members[1].applications.serve(hash, (flow) => sinks.push(new Sink(flow)), ({ ok }) => assert(ok));
  trial.rest(1000);
  for (let flow = 0; flow < options.flows; flow++) {
    members[0].applications.allocate(hash, QOS.raw, (outcome) => {
      assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
      sources.push(new Source(outcome.value, scheduler, { length: LENGTH, interval: INTERVAL }));
    });
  }
  trial.rest(options.warmUp);
  const before = sinks.map(({ bytes }) => bytes);
  let [longest, total, looks] = [0, 0, 0];
  for (let past = 0; past < options.duration; past++) {
    trial.rest(1);
    for (const { queued } of members[0].node.flows) {
      longest = Math.max(longest, queued);
      total += queued;
    }
    looks++;
  }
  const rates = sinks.map(({ bytes }, index) => 8000 * (bytes - before[index]) / options.duration);
  for (const source of sources) source.stop();
  trial.rest(1000);
  const sent = sources.reduce((sum, source) => sum + source.sent, 0);
  const received = sinks.reduce((sum, { packets }) => sum + packets, 0);
  return { rates, lost: sent - received, queue: { longest, mean: total / looks } };
}
