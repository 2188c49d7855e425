/**
 * What was seen of a scenario, as tables in Markdown. All values are those of virtual time: a seed gives the same text each time.
 *
 * @module
 */
import { markdownTable } from "../experiment/report.ts";
import { TRAFFIC_KINDS } from "../experiment/traffic.ts";
import type { PluginFault } from "../../registry/guard/plugin_guard.ts";
import { counted } from "../../tools/columns.ts";
import type { EventFindings, FlowFindings, LayerFindings, PlayFindings } from "./findings.ts";

type Columns<T> = readonly (readonly [heading: string, value: (row: T) => string])[];

const seconds = (milliseconds: number | null) =>
  milliseconds === null ? "not" : (milliseconds / 1000).toFixed(2);
/** Writes a number with three digits that count. */
export const short = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const megabits = (rate: number) => short(rate / 1e6);

const LAYERS: Columns<LayerFindings> = [
  ["layer", ({ name }) => name],
  ["members", ({ members }) => String(members)],
  ["adjacencies", ({ adjacencies }) => String(adjacencies)],
  ["enrolled (s)", ({ enrolled }) => seconds(enrolled)],
  ["connected (s)", ({ connected }) => seconds(connected)],
  ["converged (s)", ({ converged }) => seconds(converged)],
  ["tried again", ({ retries }) => String(retries)],
];

/** Messages of a member count once; packets at each hop. */
const MESSAGES: Columns<LayerFindings> = [
  ["layer", ({ name }) => name],
  ...TRAFFIC_KINDS.filter((kind) => kind !== "data" && kind !== "other").map((kind) =>
    [kind, ({ start, later, members }: LayerFindings) => {
      const [before, after] = [start[kind].sent / members, later[kind].sent / members];
      return `${short(before)} / ${short(after)}`;
    }] as const
  ),
];

const FLOWS: Columns<FlowFindings> = [
  ["flow", ({ name }) => name],
  ["up", ({ up, flows }) => `${up} of ${flows}`],
  ["lost flows", ({ interrupted }) => String(interrupted)],
  ["sent", ({ sent }) => String(sent)],
  ["lost", ({ lost, sent }) => lost === 0 ? "0" : `${lost} (${(100 * lost / sent).toFixed(2)} %)`],
  ["goodput (Mb/s)", ({ goodput }) => megabits(goodput.sum)],
  ["least / most of one", ({ goodput }) => `${megabits(goodput.least)} / ${megabits(goodput.most)}`],
  ["Jain", ({ jain }) => jain.toFixed(3)],
  [
    "delay (ms) mean / 99 % / longest",
    ({ delay }) => [delay.mean, delay.p99, delay.most].map(short).join(" / "),
  ],
];

const EVENTS: Columns<EventFindings> = [
  ["event", ({ text }) => text],
  ["at (s)", ({ at }) => seconds(at)],
  [
    "new reach known (ms)",
    ({ repaired }) => repaired === undefined ? "same" : repaired === null ? "not" : short(repaired),
  ],
  ["sent until the next", ({ sent }) => String(sent)],
  ["of these lost", ({ lost }) => String(lost)],
  ["longest silence (ms)", ({ silence }) => short(silence)],
];

/** What stands in front of the faults of plugins. */
export const WRONG = "Plugins have failed, so what was seen is not what they do";

/** Says what a plugin did wrong. */
export const faultText = ({ kind, name, file, faults, outOfUse, last }: PluginFault): string =>
  `${kind} "${name}" (${file}): ${counted(faults, "fault")}${
    outOfUse ? ", out of use" : ""
  }, the last in ${last}`;

function tableOf<T>(columns: Columns<T>, rows: readonly T[]): string {
  return markdownTable([
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, value]) => value(row))),
  ]);
}

/** Most layers that have a row of their own. */
const ROWS = 40;

/** Returns the text that people read. */
export function tablesOf(found: PlayFindings): string {
  const { title, seed, hosts, links, layers, flows, events, trace, packets, time, faults } = found;
  const shown = layers.slice(0, ROWS);
  const parts = [
    `${title}: ${counted(hosts, "host")}, ${counted(links, "link")}, ${
      counted(layers.length, "layer")
    }, seed ${seed}`,
  ];
  if (layers.length > 0) {
    parts.push(`How the layers came up:\n\n${tableOf(LAYERS, shown)}`);
    parts.push(
      `Packets that a member has sent until its layer had converged / from then on:\n\n${
        tableOf(MESSAGES, shown)
      }`,
    );
    if (layers.length > ROWS) parts.push(`(${layers.length - ROWS} more layers are in --json)`);
  }
  const down = layers.filter(({ converged }) => converged === null).map(({ name }) => name);
  if (down.length > 0) {
    parts.push(`Not all layers came up (${down.slice(0, ROWS).join(", ")}): nothing was sent.`);
  }
  if (flows.length > 0) {
    parts.push(`What was sent (the delay of a ping is there and back):\n\n${tableOf(FLOWS, flows)}`);
  }
  if (events.length > 0) {
    parts.push(
      `What happened, and what was sent from then until the next event:\n\n${tableOf(EVENTS, events)}`,
    );
  }
  if (faults.length > 0) {
    parts.push(`${WRONG}:\n\n${faults.map((fault) => `- ${faultText(fault)}`).join("\n")}`);
  }
  parts.push(`${packets} packets on links in ${seconds(time)} s of virtual time; trace ${trace}`);
  return parts.map((part) => part.trimEnd()).join("\n\n");
}
