/**
 * Puts into words what a plugin has thrown or returned: it may be anything, with getters that throw themselves.
 *
 * @module
 */
import { messageOf } from "../../contract/errors.ts";
import type { Stats } from "../../contract/stats.ts";

const MAX_TEXT = 200;
/** Statistics of a plugin: so deep, and so many values in all. */
const MAX_DEPTH = 8;
const MAX_VALUES = 20_000;

/** What makes a terminal write in colours, or do something else: runtimes put it into messages, and so may plugins. */
// deno-lint-ignore no-control-regex
const STYLES = /\x1b(?:\[[0-9;?]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])?/g;

/**
 * Takes colours away: what is said of a plugin goes into logs, files and pipes.
 *
 * @example
 * ```ts
 * import { withoutStyles } from "./describe.ts";
 * import assert from "node:assert/strict";
 * assert.equal(withoutStyles("at \x1b[0m\x1b[36ma.ts\x1b[0m:\x1b[33m1\x1b[0m"), "at a.ts:1");
 * ```
 */
export const withoutStyles = (text: string): string => text.replaceAll(STYLES, "");

/** In one line of bounded length. */
const line = (text: string): string => withoutStyles(text).slice(0, MAX_TEXT).replace(/\s+/g, " ");

/**
 * Says what was thrown, and where in the plugin's file.
 *
 * @param origin the path of the file
 */
export function describeThrown(thrown: unknown, origin: string): string {
  const message = messageOf(thrown);
  try {
    if (!(thrown instanceof Error)) return line(`it threw ${message}, which is no error`);
    return line(`it threw ${thrown.name}: ${message}`) + placeOf(thrown, origin);
  } catch {
    return line(`it threw ${message}`);
  }
}

/** Returns whether it was thrown in that file, as far as that can be told. */
export function thrownIn(thrown: unknown, origin: string): boolean {
  try {
    return placeOf(thrown, origin) !== "";
  } catch {
    return false;
  }
}

function placeOf(thrown: unknown, origin: string): string {
  const file = encodeURIComponent(origin.slice(origin.lastIndexOf("/") + 1));
  if (!(thrown instanceof Error) || typeof thrown.stack !== "string") return "";
  const at = thrown.stack.search(new RegExp(`/${RegExp.escape(file)}[:/]`));
  // Of a folder, the file within it is named, too.
  const place = at < 0 ? null : /^(?:\/([^\s:]+))?:(\d+:\d+)/.exec(thrown.stack.slice(at + file.length + 1));
  if (!place) return "";
  const [, within, position] = place;
  return within === undefined ? ` (line ${position})` : ` (${within}, line ${position})`;
}

/** Says what was returned in place of an answer. */
export function describeValue(value: unknown): string {
  if (isPromise(value)) return "it returned a promise, and must answer at once";
  if (typeof value === "object" && value !== null) return "it returned an object that is no answer";
  if (typeof value === "function") return "it returned a function";
  return line(`it returned ${messageOf(value)}, which is no answer`);
}

/** Returns whether it is something to wait for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  try {
    return typeof Reflect.get(value, "then") === "function";
  } catch {
    return false;
  }
}

/** Copies statistics of a plugin. @throws TypeError when they are no plain data of bounded size */
export function plainStats(value: unknown): Stats {
  let left = MAX_VALUES;
  const copy = (from: unknown, depth: number): Stats => {
    if (typeof from !== "object" || from === null || depth > MAX_DEPTH) {
      throw new TypeError("statistics must be an object of numbers, texts and objects");
    }
    return Object.fromEntries(Object.entries(from).map(([key, one]) => [key, copied(one, depth + 1)]));
  };
  const copied = (one: unknown, depth: number): Stats[string] => {
    if (--left < 0) throw new TypeError(`statistics must have at most ${MAX_VALUES} values`);
    if (Array.isArray(one)) return one.map((element) => copy(element, depth));
    if (typeof one === "number" || typeof one === "string" || typeof one === "boolean") return one;
    return copy(one, depth);
  };
  return copy(value, 0);
}
