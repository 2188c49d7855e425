/**
 * What is told of statistics: the part that is asked for, made to fit into one message of the control protocol. Of long lists only
 * the first elements are told.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { Stats } from "../../contract/stats.ts";

/** Bytes of statistics that fit into a message of 64 KB together with what is around them. */
const LIMIT = 64_000;
/** Elements of each list that are told, until it fits. */
const LENGTHS = [Infinity, 1000, 300, 100, 30, 10, 3, 1];

/** Names that a message lists when there is no such part. */
const LISTED = 30;

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

/**
 * Finds a part of statistics.
 *
 * @param path names, and places in lists from 0, with `/` between them; empty: all
 * @param inner name of a part in which a path may also begin
 * @throws InvalidError when there is no such part
 *
 * @example
 * ```ts
 * import { partOf } from "./fit_stats.ts";
 * import assert from "node:assert/strict";
 * const stats = { flows: { open: 2 }, unicast: { directory: { keys: 1 } } };
 * assert.equal(partOf(stats, "flows/open"), 2);
 * assert.deepEqual(partOf(stats, "directory", "unicast"), { keys: 1 });
 * ```
 */
export function partOf(stats: Stats, path: string, inner = ""): Stats[string] {
  const words = path.split("/").filter((word) => word !== "");
  if (words.length > 0 && !Object.hasOwn(stats, words[0]) && Object.hasOwn(stats, inner)) {
    words.unshift(inner);
  }
  let part: Stats[string] = stats;
  for (const [index, word] of words.entries()) {
    const below: ReadonlyMap<string, Stats[string]> = new Map(
      typeof part === "object" ? Object.entries<Stats[string]>(part) : [],
    );
    const found: Stats[string] | undefined = below.get(word);
    if (found === undefined) {
      const where = index === 0 ? "the statistics" : `"${words.slice(0, index).join("/")}"`;
      const names = [...below.keys()].slice(0, LISTED).join(", ");
      throw new InvalidError(`there is no "${word}" in ${where}; there is: ${names || "nothing below it"}`);
    }
    part = found;
  }
  return part;
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
