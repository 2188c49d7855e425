/**
 * Makes statistics fit into one message of the control protocol: of long lists only the first elements are told.
 *
 * @module
 */
import type { Stats } from "../../contract/stats.ts";

/** Bytes of statistics that fit into a message of 64 KB together with what is around them. */
const LIMIT = 64_000;
/** Elements of each list that are told, until it fits. */
const LENGTHS = [Infinity, 1000, 300, 100, 30, 10, 3, 1];

const encoder = new TextEncoder();

/**
 * The statistics, cut where they are too long. Where something was cut, `more` says how many elements it was.
 *
 * @example
 * ```ts
 * import { fitStats } from "./fit_stats.ts";
 * import assert from "node:assert/strict";
 * const list = Array.from({ length: 9000 }, (_, number) => ({ number }));
 * assert.deepEqual(fitStats({ list: list.slice(0, 2) }), { list: [{ number: 0 }, { number: 1 }] });
 * assert.deepEqual(fitStats({ list }), { list: [...list.slice(0, 1000), { more: 8000 }] });
 * ```
 */
export function fitStats(stats: Stats): Stats {
  for (const length of LENGTHS) {
    const cut = cutObject(stats, length);
    if (encoder.encode(JSON.stringify(cut)).length <= LIMIT) return cut;
  }
  return { more: Object.keys(stats).length };
}

function cutObject(stats: Stats, length: number): Stats {
  const entries = Object.entries(stats);
  const kept = entries.slice(0, length).map(([name, value]) => [name, cutValue(value, length)] as const);
  const more = entries.length - length;
  return Object.fromEntries(more > 0 ? [...kept, ["more", more] as const] : kept);
}

function cutValue(value: Stats[string], length: number): Stats[string] {
  if (typeof value !== "object") return value;
  if (!isList(value)) return cutObject(value, Math.max(length, 10));
  const kept = value.slice(0, length).map((element) => cutObject(element, Math.max(length, 10)));
  return value.length > length ? [...kept, { more: value.length - length }] : kept;
}

const isList = (value: Stats | readonly Stats[]): value is readonly Stats[] => Array.isArray(value);
