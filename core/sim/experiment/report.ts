/**
 * Tables of what experiments found, in Markdown. All values are those of virtual time: a seed gives the same text each time.
 *
 * @module
 */
import type { Findings, Operations } from "./experiment.ts";
import type { Step } from "./trial.ts";
import type { TrafficCount, TrafficKind } from "./traffic.ts";

/** Findings with the name of the graph. */
export interface NamedFindings extends Findings {
  /** Name of the graph. */
  readonly name: string;
}

const cells = ({ messages, sent, bytes }: TrafficCount, among: number) =>
  [messages, sent, bytes].map((value) => short(value / among)).join(" / ");

type Column = readonly [heading: string, value: (findings: NamedFindings) => string];

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
const short = (value: number) => value >= 100 ? value.toFixed(0) : value.toFixed(1);

/** Packets sent over links, and their bytes, for each member. */
const perNode =
  (kinds: readonly TrafficKind[], step: (findings: Findings) => Step): Column["1"] => (findings) => {
    const { traffic } = step(findings);
    const sum = (what: "sent" | "bytes") => kinds.reduce((total, kind) => total + traffic[kind][what], 0);
    return `${short(sum("sent") / findings.nodes)} / ${short(sum("bytes") / findings.nodes)}`;
  };
/** Messages of the directory that set out until it is quiet, packets sent over links for them and their bytes, for each member. */
const joining: Column["1"] = ({ settled: { traffic: { directory } }, nodes }) => cells(directory, nodes);
/** The same for each operation. */
const perOperation =
  (kind: TrafficKind, pick: (findings: Findings) => Operations): Column["1"] => (findings) => {
    const { traffic, asked } = pick(findings);
    return cells(traffic[kind], asked);
  };
const succeeded = ({ succeeded, asked }: Operations) => `${succeeded} of ${asked}`;
const times = ({ meanTime, longestTime }: Operations) => `${short(meanTime)} / ${short(longestTime)}`;

const GRAPH: readonly Column[] = [
  ["graph", ({ name }) => name],
  ["nodes", ({ nodes }) => String(nodes)],
];

/** How layers come up: times of the whole, and what each member sends. */
const START: readonly Column[] = [
  ...GRAPH,
  ["links", ({ links }) => String(links)],
  ["enrolled (s)", (findings) => seconds(findings.times.enrolled)],
  ["connected (s)", (findings) => seconds(findings.times.connected)],
  ["converged (s)", (findings) => seconds(findings.times.converged)],
  ["enrollment, packets / bytes", perNode(["enrollment"], ({ start }) => start)],
  ["connections, packets / bytes", perNode(["connection"], ({ start }) => start)],
  ["link state, packets / bytes", perNode(["routing"], ({ start }) => start)],
  ["joining the directory, messages / packets / bytes", joining],
];

/** What is asked of layers, and what one operation costs. */
const WORK: readonly Column[] = [
  ...GRAPH,
  ["registered", ({ registration }) => succeeded(registration)],
  ["messages / packets / bytes", perOperation("directory", ({ registration }) => registration)],
  ["found", ({ lookup }) => succeeded(lookup)],
  ["messages / packets / bytes", perOperation("directory", ({ lookup }) => lookup)],
  ["ms mean / longest", ({ lookup }) => times(lookup)],
  ["flows", ({ flows }) => succeeded(flows)],
  ["ms mean / longest", ({ flows }) => times(flows)],
  ["link state at rest, packets / bytes a second", (findings) => atRest(findings)],
];

function atRest({ rest, nodes }: Findings): string {
  const { sent, bytes } = rest.traffic.routing;
  const each = nodes * rest.took / 1000;
  return each === 0 ? "–" : `${short(sent / each)} / ${short(bytes / each)}`;
}

/**
 * Returns the table of how layers come up, and what each member sends. A message counts once; packets and bytes count at each hop.
 */
export function startTable(findings: readonly NamedFindings[]): string {
  return table(START, findings);
}

/** Returns the table of what the layers were asked for. */
export function workTable(findings: readonly NamedFindings[]): string {
  return table(WORK, findings);
}

function table(columns: readonly Column[], findings: readonly NamedFindings[]): string {
  return markdownTable([
    columns.map(([heading]) => heading),
    ...findings.map((one) => columns.map(([, value]) => value(one))),
  ]);
}

/** Returns a table in Markdown, with a line end. @param rows the first has the headings; all but the first column are numbers */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, at) => at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])).join(" | ")
    } |\n`;
  const rule = widths.map((width, at) => at === 0 ? "-".repeat(width) : "-".repeat(width - 1) + ":");
  return line(rows[0]) + line(rule) + rows.slice(1).map(line).join("");
}
