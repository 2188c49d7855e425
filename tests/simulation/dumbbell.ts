/**
 * Greedy flows of four hosts behind one router, to four hosts behind another, over one line between the two, as `ouro sim` plays them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { findingsOf } from "../../core/sim/play/findings.ts";
import { Play } from "../../core/sim/play/play.ts";
import { BINS } from "../../core/sim/play/flow_meter.ts";
import { readScenario } from "../../core/sim/scenario/read_scenario.ts";
import { builtinRegistry } from "./layers.ts";

/** Bytes of a packet of the application, and of the layer's header. */
const SIZE = 1350, HEADER = 15;
/** Milliseconds of the whole, and at the end of them when the flows' bytes do not count: their queue may just be emptied. */
const DURATION = 10_000, LAST = 200;
/** Milliseconds at the beginning in which packets may be lost. */
const FIRST = 1000;
/** Lines of hosts are so many times as quick as that between the routers. */
const QUICKER = 10;

/** What flows got. */
export interface Behind {
  /** Part of the line that they used, and how even their shares were, in the second half of the time. */
  readonly use: number;
  readonly fairness: number;
  /** Part of all packets that was lost, and packets that were lost after the first second. */
  readonly lost: number;
  readonly lostLater: number;
  /** Milliseconds that packets took: in the second half, and the longest. */
  readonly delay: number;
  readonly longest: number;
}

/** The scenario. */
const scenario = (rate: number, flows: number, congestion: string) =>
  `duration = "${DURATION}ms"
[topology]
links = [
  ["l1", "left"], ["l2", "left"], ["l3", "left"], ["l4", "left"],
  { from = "left", to = "right", rate = "${rate / 1e6}Mb" },
  ["r1", "right"], ["r2", "right"], ["r3", "right"], ["r4", "right"],
]
[link]
rate = "${QUICKER * rate / 1e6}Mb"
[layer.net]
congestion = "${congestion}"
[[flow]]
from = ["l1", "l2", "l3", "l4"]
to = ["r1", "r2", "r3", "r4"]
kind = "greedy"
size = ${SIZE}
interval = "2us"
count = ${flows}
`;

/** Plays it. */
export async function behindRouters(rate: number, flows: number, congestion: string): Promise<Behind> {
  const registry = builtinRegistry();
  const text = scenario(rate, flows, congestion);
  const play = await Play.make(readScenario({ text, path: "dumbbell" }, registry.policies, {}), { registry });
  for (const _ of play.steps());
  const [{ sent, lost, up, jain, delay, series }] = findingsOf(play).flows;
  assert.equal(up, flows);
  const bin = DURATION / BINS;
  const [from, to] = [BINS / 2, BINS - LAST / bin];
  const bytes = play.groups[0].meters.flatMap(({ bytesAt }) => [...bytesAt.subarray(from, to)])
    .reduce((a, b) => a + b, 0);
  const delays = series.delay.slice(from).filter((one) => one !== null);
  return {
    use: 8000 * bytes * (SIZE + HEADER) / SIZE / ((to - from) * bin) / rate,
    fairness: jain,
    lost: lost / sent,
    lostLater: series.lost.slice(FIRST / bin).reduce((a, b) => a + b, 0),
    delay: delays.reduce((a, b) => a + b, 0) / delays.length,
    longest: delay.most,
  };
}
