/**
 * The tables of docs/policies.md that two hosts of network namespaces make, beside what the simulator says of the same.
 *
 * @module
 */
import { type Measured, type MeasuredFlow, measureTraffic } from "../support/measured_traffic.ts";
import { fairness, greedyFlows, use } from "../simulation/congestion.ts";
import { overload, OVERLOADS } from "../simulation/scheduling.ts";
import { DELAY, index, megabits, part, type Rows, time } from "./tables.ts";

const RATE = 10e6;
const TYPE = "eth-dix";
/** Milliseconds at the beginning that do not count, and those that do. */
const SKIP = 5000, COUNTED = 10_000;
const LENGTH = 1385;

const real = (options: string, kinds: Parameters<typeof measureTraffic>[1]["kinds"]): Promise<Measured> =>
  measureTraffic({ type: TYPE, rate: `${RATE / 1e6}M`, options, skip: SKIP }, {
    kinds,
    duration: SKIP + COUNTED,
  });

/** Greedy flows: simulated, and real. */
export async function realSharingTable(): Promise<Rows> {
  const rows: string[][] = [["line", "flows", "policy", "where", "use", "fairness", "lost"]];
  for (const flows of [2, 8]) {
    for (const congestion of ["none", "mb-ecn"]) {
      const simulated = await greedyFlows({
        ...{ rate: RATE, delay: DELAY, congestion, flows },
        ...{ warmUp: SKIP, duration: COUNTED },
      });
      const measured = await real(`congestion ${congestion}`, [
        { quality: "raw", flows, bytes: LENGTH, interval: 0 },
      ]);
      const row = (what: string, rates: readonly number[], lost: number) =>
        rows.push([
          ...[megabits(RATE), `${flows}`, `\`${congestion}\``, what],
          ...[part(use(rates, RATE)), index(fairness(rates)), `${lost}`],
        ]);
      row("simulated", simulated.rates, simulated.lost);
      row("real", measured.flows.map(({ rate }) => rate), measured.lost);
    }
  }
  return rows;
}

/** What the flows of a kind got together, and the delay of the worst of them. */
function together(flows: readonly MeasuredFlow[]) {
  const worst = (key: keyof MeasuredFlow["delay"]) => Math.max(...flows.map(({ delay }) => delay[key]));
  return {
    came: flows.reduce((sum, { rate }) => sum + rate, 0),
    middle: worst("middle"),
    late: worst("late"),
  };
}

/** Voice, video and best effort: simulated, and real. */
export async function realCubesTable(): Promise<Rows> {
  const rows: string[][] = [
    [
      ...["load", "scheduling", "cube", "simulated: came (Mb/s)", "middle (ms)", "1 in 100 (ms)"],
      ...["real: came (Mb/s)", "middle (ms)", "1 in 100 (ms)"],
    ],
  ];
  const load = "best effort floods";
  const kinds = OVERLOADS[load](RATE);
  for (const scheduling of ["fifo", "priority"]) {
    const line = { rate: RATE, delay: DELAY, congestion: "mb-ecn", scheduling };
    const simulated = await overload(line, kinds, SKIP, COUNTED);
    const measured = await real(`congestion mb-ecn scheduling ${scheduling}`, kinds);
    for (const [kind, { quality, came, delay }] of simulated.entries()) {
      const found = together(measured.flows.filter((flow) => flow.kind === kind));
      rows.push([
        ...[load, `\`${scheduling}\``, quality === "raw" ? "best effort" : quality],
        ...[(came / 1e6).toFixed(1), time(delay.middle), time(delay.late)],
        ...[(found.came / 1e6).toFixed(1), time(found.middle), time(found.late)],
      ]);
    }
  }
  return rows;
}
