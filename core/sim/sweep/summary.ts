/**
 * Means and confidence intervals of the runs of a sweep, as tables.
 *
 * @module
 */
import { markdownTable } from "../experiment/report.ts";
import { combinations, type Run, runsOf, type Sweep } from "./plan.ts";
import { CONVERGED, type Result } from "./results.ts";

/** Values of Student's t for a confidence of 95 %, by degrees of freedom from 1 on. */
const T = [
  ...[
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
    2.447,
    2.365,
    2.306,
    2.262,
    2.228,
    2.201,
    2.179,
    2.16,
    2.145,
    2.131,
  ],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
/** For more. */
const MANY = 1.96;

/** A mean, and how far the true one may be from it, with a confidence of 95 %. */
export interface Mean {
  readonly count: number;
  readonly mean: number;
  /** 0 when there is one value only. */
  readonly interval: number;
}

/**
 * Returns the mean of values.
 *
 * @example
 * ```ts
 * import { meanOf } from "./summary.ts";
 * import assert from "node:assert/strict";
 * const { mean, interval } = meanOf([9, 10, 11]);
 * assert.deepEqual([mean, interval.toFixed(2)], [10, "2.48"]);
 * ```
 */
export function meanOf(values: readonly number[]): Mean {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean, interval: 0 };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, interval: (T[count - 2] ?? MANY) * Math.sqrt(variance / count) };
}

/** What a combination of values gave. */
export interface SweepRow {
  readonly values: Readonly<Record<string, string>>;
  readonly runs: number;
  /** By subject and metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, Mean>>>>;
  /** Sentences about what was not as it should be in some of the runs. */
  readonly troubles: readonly string[];
  /** In how many of the runs something was not. */
  readonly troubled: number;
}

/** Returns the rows, one for each combination. Values that are no numbers are left out. */
export function summaryOf(sweep: Sweep, results: readonly Result[]): SweepRow[] {
  const runs = new Map(runsOf(sweep).map((run) => [run.number, run]));
  const keyOf = (values: Run["values"]) => JSON.stringify(values);
  const byValues = Map.groupBy(results, ({ number }) => keyOf(runs.get(number)?.values ?? {}));
  return combinations(sweep).map((values) => {
    const own = byValues.get(keyOf(values)) ?? [];
    const collected = new Map<string, Map<string, number[]>>();
    for (const { metrics } of own) {
      for (const [subject, numbers] of Object.entries(metrics)) {
        const all = collected.get(subject) ?? new Map<string, number[]>();
        collected.set(subject, all);
        for (const [metric, value] of Object.entries(numbers)) {
          if (!Number.isFinite(value)) continue;
          const list = all.get(metric);
          if (list) list.push(value);
          else all.set(metric, [value]);
        }
      }
    }
    const metrics = [...collected].map(([subject, all]) =>
      [subject, Object.fromEntries([...all].map(([metric, list]) => [metric, meanOf(list)]))] as const
    );
    return {
      values,
      runs: own.length,
      metrics: Object.fromEntries(metrics),
      troubles: troublesOf(own),
      troubled: own.filter((result) => result.faults !== undefined || layersDown(result).length > 0).length,
    };
  });
}

const layersDown = ({ metrics }: Result): string[] =>
  Object.entries(metrics).filter(([, numbers]) => Number.isNaN(numbers[CONVERGED])).map(([subject]) =>
    subject
  );

/** Says of some runs which layers did not come up, and which plugins have failed. */
function troublesOf(results: readonly Result[]): string[] {
  const of = (some: readonly unknown[]) => `in ${some.length} of ${results.length} runs`;
  const down = Map.groupBy(results.flatMap(layersDown), (subject) => subject);
  const faults = Map.groupBy(
    results.flatMap(({ faults = [] }) => faults),
    ({ kind, name, file }) => `${kind} "${name}" (${file})`,
  );
  return [
    ...[...down].map(([subject, all]) => `${subject} did not come up ${of(all)}`),
    ...[...faults].map(([plugin, all]) => {
      const out = all.filter(({ outOfUse }) => outOfUse);
      const put = out.length === 0 ? "" : ` and was put out of use ${of(out)}`;
      return `${plugin} has failed ${of(all)}${put}, the last time in ${all[all.length - 1].last}`;
    }),
  ];
}

const labelOf = ({ values }: Sweep, row: SweepRow): string =>
  values.map(([key]) => row.values[key]).join(", ") || "as it is";

const short = (value: number, digits = 4): string => String(Number(value.toPrecision(digits)));

/** Returns the tables, one for each subject, and sentences about runs that were not as they should be. */
export function sweepTables(sweep: Sweep, rows: readonly SweepRow[]): string {
  const { values } = sweep;
  const subjects = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const tables = subjects.map((subject) => {
    const metrics = [...new Set(rows.flatMap((row) => Object.keys(row.metrics[subject] ?? {})))];
    const keys = values.map(([key]) => key);
    const lines = rows.map((row) => [
      labelOf(sweep, row),
      row.troubled === 0 ? String(row.runs) : `${row.runs} (${row.troubled} not sound)`,
      ...metrics.map((metric) => {
        const found = row.metrics[subject]?.[metric];
        if (!found) return "–";
        return found.count === 1 ? short(found.mean) : `${short(found.mean)} ± ${short(found.interval, 2)}`;
      }),
    ]);
    return `${subject}:\n\n${markdownTable([[keys.join(", ") || "values", "runs", ...metrics], ...lines])}`;
  }).join("\n").trimEnd();
  const troubles = rows.flatMap((row) => row.troubles.map((text) => `- ${labelOf(sweep, row)}: ${text}`));
  return troubles.length === 0 ? tables : `${tables}\n\n${NOT_SOUND}:\n\n${troubles.join("\n")}`;
}

const NOT_SOUND = "Some runs are not sound, and neither are means with them";
