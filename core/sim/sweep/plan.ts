/**
 * A sweep: a scenario played with all combinations of some values, each with several seeds.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

/** What is swept. */
export interface Sweep {
  /** The file or name of the scenario, and its text. */
  readonly scenario: string;
  readonly text: string;
  /** Keys with the values that each takes. */
  readonly values: readonly (readonly [key: string, values: readonly string[]])[];
  readonly seeds: readonly number[];
}

/** One play of the scenario. */
export interface Run {
  readonly number: number;
  /** By the keys. */
  readonly values: Readonly<Record<string, string>>;
  readonly seed: number;
}

/** Part of a sweep: the first of `of` parts is 1. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** Most runs of a sweep. */
const MOST = 1_000_000;

/** Returns the combinations of values. */
export function combinations({ values }: Pick<Sweep, "values">): Record<string, string>[] {
  return values.reduce<Record<string, string>[]>(
    (all, [key, ones]) => all.flatMap((one) => ones.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

/**
 * Returns all runs: seed by seed, so that an early end has seen all combinations.
 *
 * @throws InvalidError when they are too many
 *
 * @example
 * ```ts
 * import { runsOf } from "./plan.ts";
 * import assert from "node:assert/strict";
 * const sweep = { scenario: "s", text: "", values: [["congestion", ["none", "mb-ecn"]]], seeds: [1, 2] } as const;
 * assert.deepEqual(runsOf(sweep)[2], { number: 2, values: { congestion: "none" }, seed: 2 });
 * ```
 */
export function runsOf(sweep: Sweep): Run[] {
  const all = combinations(sweep);
  if (all.length * sweep.seeds.length > MOST) throw new InvalidError(`a sweep may have ${MOST} runs at most`);
  return sweep.seeds.flatMap((seed, row) =>
    all.map((values, index) => ({ number: row * all.length + index, values, seed }))
  );
}

/** Returns the runs of a part of the sweep. */
export const runsIn = (runs: readonly Run[], { part, of }: Shard): Run[] =>
  runs.filter(({ number }) => number % of === part - 1);

/** Reads `KEY=V1,V2`. @throws InvalidError */
export function readValues(text: string): Sweep["values"][number] {
  const at = text.indexOf("=");
  const values = text.slice(at + 1).split(",").filter((value) => value !== "");
  if (at < 1 || values.length === 0) {
    throw new InvalidError(`--sweep needs KEY=VALUE,VALUE,…, such as congestion=none,mb-ecn, not '${text}'`);
  }
  return [text.slice(0, at), values];
}

/** Reads `3/10`. @throws InvalidError */
export function readShard(text: string): Shard {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  if (shard.part >= 1 && shard.part <= shard.of) return shard;
  throw new InvalidError(`--shard needs PART/OF, such as 3/10, not '${text}'`);
}
