/**
 * What was seen of a scenario in the simulator and in a lab, side by side.
 *
 * @module
 */
import type { PlayFindings } from "../../sim/play/findings.ts";
import { faultText, short, WRONG } from "../../sim/play/tables.ts";
import { markdownTable } from "../../sim/experiment/report.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import type { AppCount } from "./app.ts";

/** Flows of one table, as a lab has seen them. */
export interface RealFlows {
  readonly name: string;
  readonly sent: number;
  readonly lost: number;
  /** Bits a second. */
  readonly goodput: number;
  /** Milliseconds: the mean of all packets, 99 % of those of the worst flow, the longest. */
  readonly delay: AppCount["delay"];
}

/** What a lab has seen. */
export interface RealFindings {
  /** Milliseconds from the start of the daemons until all layers were up; null: they did not come up. */
  readonly up: number | null;
  readonly flows: readonly RealFlows[];
  readonly events: readonly { readonly text: string; readonly lost: number; readonly silence: number }[];
  /** What third parties' plugins did wrong, in lines that begin with the host. */
  readonly faults: readonly string[];
}

/** Joins what both ends of all flows have counted. */
export function realFindings(
  { flows, events }: Scenario,
  up: number | null,
  counts: readonly AppCount[],
  faults: readonly string[] = [],
): RealFindings {
  const sum = (of: readonly AppCount[], what: (count: AppCount) => number) =>
    of.reduce((total, count) => total + what(count), 0);
  return {
    up,
    faults,
    flows: flows.map(({ name, start, stop }, table) => {
      const own = counts.filter((count) => count.table === table);
      const [sent, received] = [sum(own, (count) => count.sent), sum(own, (count) => count.received)];
      return {
        name,
        sent,
        lost: Math.max(0, sent - received),
        goodput: 8000 * sum(own, (count) => count.bytes) / (stop - start),
        delay: {
          mean: received === 0 ? 0 : sum(own, ({ delay, received }) => delay.mean * received) / received,
          p99: Math.max(0, ...own.map(({ delay }) => delay.p99)),
          most: Math.max(0, ...own.map(({ delay }) => delay.most)),
        },
      };
    }),
    events: events.map(({ text }, index) => {
      const epochs = counts.map(({ epochs }) => epochs[index + 1]);
      // Only the end that receives knows of silence.
      const steady = counts.filter(({ table, received }) => flows[table].kind !== "greedy" && received > 0);
      return {
        text,
        lost: Math.max(0, epochs.reduce((total, { sent, received }) => total + sent - received, 0)),
        silence: Math.max(0, ...steady.map(({ epochs }) => epochs[index + 1].gap)),
      };
    }),
  };
}

/** Returns the table. */
export function compared(
  simulated: Pick<PlayFindings, "flows" | "events" | "faults">,
  real: RealFindings,
): string {
  const rows: [string, string, string][] = [];
  simulated.flows.forEach((flow, index) => {
    const other = real.flows[index];
    const part = (lost: number, sent: number) => sent === 0 ? "–" : `${(100 * lost / sent).toFixed(2)} %`;
    const delays = ({ mean, p99, most }: AppCount["delay"]) => [mean, p99, most].map(short).join(" / ");
    rows.push([`${flow.name}: sent`, String(flow.sent), String(other.sent)]);
    rows.push([`${flow.name}: lost`, part(flow.lost, flow.sent), part(other.lost, other.sent)]);
    rows.push([`${flow.name}: goodput (Mb/s)`, short(flow.goodput.sum / 1e6), short(other.goodput / 1e6)]);
    rows.push([
      `${flow.name}: delay (ms) mean / 99 % / longest`,
      delays(flow.delay),
      delays(other.delay),
    ]);
  });
  simulated.events.forEach((event, index) => {
    const other = real.events[index];
    rows.push([`${event.text}: lost until the next event`, String(event.lost), String(other.lost)]);
    rows.push([`${event.text}: longest silence (ms)`, short(event.silence), short(other.silence)]);
  });
  const table = markdownTable([["", "simulated", "real"], ...rows]).trimEnd();
  const faults = [...simulated.faults.map((fault) => `simulated: ${faultText(fault)}`), ...real.faults];
  return faults.length === 0
    ? table
    : `${table}\n\n${WRONG}:\n\n${faults.map((line) => `- ${line}`).join("\n")}`;
}
