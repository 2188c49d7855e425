/**
 * What came of the runs of a sweep, as the lines of a file: the first says what is swept, each other one is a run.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import type { PluginFault } from "../../registry/guard/plugin_guard.ts";
import { type Fields, fieldsOf, flag, integer, list, optional, text } from "../../wire/local/fields.ts";
import { TRAFFIC_KINDS } from "../experiment/traffic.ts";
import type { PlayFindings } from "../play/findings.ts";
import type { Sweep } from "./plan.ts";

/** Numbers of a run, by what they are of (`layer net`, `flow video`) and what they say. */
export type Metrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A run that was played. */
export interface Result {
  readonly number: number;
  readonly metrics: Metrics;
  readonly trace: string;
  /** What third parties' plugins did wrong; left out: nothing. */
  readonly faults?: readonly PluginFault[];
  /** The fingerprint of the plugins' files and the graph that it was played with; left out: there are none. */
  readonly files?: string;
}

/** The metric of a layer that says when it was up. */
export const CONVERGED = "converged (s)";

const VERSION = 1;
const MAX_TEXT = 4 * 1024 * 1024, MOST = 1_000_000;

/** Returns the numbers of a run that tables show. */
function metricsOf({ layers, flows, events }: PlayFindings): Metrics {
  return Object.fromEntries([
    ...layers.map(({ name, members, converged, start, later }) => {
      const control = TRAFFIC_KINDS.filter((kind) => kind !== "data")
        .reduce((sum, kind) => sum + start[kind].sent + later[kind].sent, 0);
      return [`layer ${name}`, {
        [CONVERGED]: (converged ?? NaN) / 1000,
        "control packets a member": control / members,
      }] as const;
    }),
    ...flows.map(({ name, sent, lost, goodput, delay, jain }) =>
      [`flow ${name}`, {
        sent,
        "lost (%)": sent === 0 ? 0 : 100 * lost / sent,
        "goodput (Mb/s)": goodput.sum / 1e6,
        "delay (ms)": delay.mean,
        "delay, 99 % (ms)": delay.p99,
        Jain: jain,
      }] as const
    ),
    ...events.map(({ text, lost, silence, repaired }, index) =>
      [`event ${index + 1}, ${text}`, {
        "new reach known (ms)": repaired ?? NaN,
        "lost until the next event": lost,
        "longest silence (ms)": silence,
      }] as const
    ),
  ]);
}

/** Returns what a run of a sweep keeps. */
export const resultOf = (number: number, found: PlayFindings): Result => ({
  number,
  metrics: metricsOf(found),
  trace: found.trace,
  ...found.faults.length === 0 ? {} : { faults: found.faults },
});

/** Writes the first line. */
export const headLine = ({ scenario, text, values, seeds }: Sweep): string =>
  JSON.stringify({ sweep: VERSION, scenario, text, values, seeds });

/** Writes the line of a run. */
export const resultLine = (result: Result): string => JSON.stringify(result);

/** A file of results. */
export interface ResultFile {
  readonly sweep: Sweep;
  readonly results: readonly Result[];
  /** Bytes up to the end of the last whole line: what is behind was cut off when the sweep was interrupted. */
  readonly whole: number;
}

/**
 * Reads a file of results. A last line that is not whole is left out.
 *
 * @throws InvalidError when it is no such file, or of another version
 */
export function readResults(content: string, path: string): ResultFile {
  const whole = content.lastIndexOf("\n") + 1;
  const [head, ...lines] = content.slice(0, whole).split("\n").filter((line) => line !== "");
  if (!head?.startsWith('{"sweep":')) {
    throw new InvalidError(`${path} is no file of results: its first line is not that of a sweep`);
  }
  const sweep = parsed(head, `${path}, line 1`, (fields) => {
    if (fields.sweep !== VERSION) {
      throw new InvalidError(
        `these are results of version ${fields.sweep}, and those of version ${VERSION} are read here; play the sweep again`,
      );
    }
    return {
      scenario: text(fields, "scenario"),
      text: text(fields, "text", MAX_TEXT),
      values: list(fields, "values", MOST, readPair),
      seeds: list(fields, "seeds", MOST, (from, key) => integer(from, key, 0, 2 ** 32 - 1)),
    };
  });
  const results = lines.map((line, index) => parsed(line, `${path}, line ${index + 2}`, resultFrom));
  return { sweep, results, whole: new TextEncoder().encode(content.slice(0, whole)).length };
}

/** Reads a result from its fields. @throws InvalidError */
export function resultFrom(fields: Fields): Result {
  return {
    number: integer(fields, "number", 0, MOST),
    trace: text(fields, "trace"),
    metrics: Object.fromEntries(
      Object.entries(fieldsOf(fields.metrics, "metrics")).map((
        [subject, numbers],
      ) => [subject, numbersOf(numbers)]),
    ),
    ...fields.files === undefined ? {} : { files: text(fields, "files") },
    ...fields.faults === undefined ? {} : { faults: list(fields, "faults", MOST, faultFrom) },
  };
}

function faultFrom(from: Fields, key: string): PluginFault {
  const fault = fieldsOf(from[key], "a fault");
  const kind = PLUGIN_KINDS.find((one) => one === fault.kind);
  if (kind === undefined) throw new InvalidError("a fault must have the kind of a plugin");
  return {
    kind,
    name: text(fault, "name"),
    file: text(fault, "file"),
    faults: integer(fault, "faults", 0, Number.MAX_SAFE_INTEGER),
    last: text(fault, "last", MAX_TEXT),
    outOfUse: flag(fault, "outOfUse"),
  };
}

/** Returns whether two sweeps are the same one. */
export const sameSweep = (a: Sweep, b: Sweep): boolean => headLine(a) === headLine(b);

function readPair(from: Fields, key: string): Sweep["values"][number] {
  const pair = from[key];
  if (!Array.isArray(pair)) throw new InvalidError(`${key} must be a list`);
  const fields = { key: pair[0], values: pair[1] };
  return [text(fields, "key"), list(fields, "values", MOST, (of, index) => text(of, index))];
}

/** JSON has no word for what is no number. */
const numbersOf = (numbers: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.keys(fieldsOf(numbers, "metrics")).map((key) => {
      const value = optional(fieldsOf(numbers, "metrics"), key, (from) => from[key]);
      return [key, typeof value === "number" ? value : NaN];
    }),
  );

function parsed<T>(line: string, where: string, read: (fields: Fields) => T): T {
  try {
    return read(fieldsOf(JSON.parse(line), "the line"));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) {
      throw new InvalidError(`${where}: the line is damaged; remove it, and its run is played again`, {
        cause: thrown,
      });
    }
    if (!(thrown instanceof InvalidError)) throw thrown;
    throw new InvalidError(`${where}: ${thrown.message}`, { cause: thrown });
  }
}
