/**
 * The text of a configuration file, and where something stands in it: the lines of its tables and keys, and errors that know their
 * place.
 *
 * @module
 */
import { parse, TomlError } from "smol-toml";
import { InvalidError } from "../contract/errors.ts";

/** The keys that lead to something, outermost first; none: the file. */
export type Place = readonly string[];

/** Something is wrong at a place of the file. */
export class ConfigError extends InvalidError {
  constructor(readonly place: Place, message: string, cause: unknown) {
    super(message, { cause });
  }
}

/** Runs `read`; an error that does not know its place yet is one of this place. */
export function at<T>(place: Place, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof InvalidError) || thrown instanceof ConfigError) throw thrown;
    throw new ConfigError(place, thrown.message, thrown);
  }
}

/** Reads the text of the file at `path`. @throws InvalidError that says in which line it is no TOML */
export function parseToml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const reason = thrown.message.split("\n")[0].replace(/^Invalid TOML document: /, "");
    throw new InvalidError(`Failed to parse config file ${path}: line ${thrown.line}: ${reason}`, {
      cause: thrown,
    });
  }
}

/**
 * Returns what tells the line of a place in a text that is right TOML: that of its innermost key or table which stands there.
 *
 * @example
 * ```ts
 * import { linesOf } from "./config_place.ts";
 * import assert from "node:assert/strict";
 * const lineOf = linesOf('# A host.\n[local.l]\nbootstrap = "ll"\n');
 * assert.equal(lineOf(["local", "l", "bootstrap"]), 3);
 * assert.equal(lineOf(["local", "l", "reg"]), 2);
 * ```
 */
export function linesOf(text: string): (place: Place) => number | undefined {
  const lines = new Map<string, number>();
  let table: Place = [];
  let begun = 0;
  const all = text.split("\n");
  for (let end = 1; end <= all.length; end++) {
    const statement = all.slice(begun, end).join("\n");
    const found = statementOf(statement);
    // A text or a list goes on in the next line.
    if (found === undefined) continue;
    const header = /^\s*\[/.test(statement);
    const places = placesIn(found, header ? [] : table);
    for (const place of places) {
      const key = JSON.stringify(place);
      if (!lines.has(key)) lines.set(key, begun + 1);
    }
    if (header) table = places.at(-1) ?? [];
    begun = end;
  }
  return (place) => {
    for (let length = place.length; length > 0; length--) {
      const line = lines.get(JSON.stringify(place.slice(0, length)));
      if (line !== undefined) return line;
    }
  };
}

function statementOf(text: string): object | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the places of all keys, outer ones before those in them. */
function placesIn(value: object, outer: Place): Place[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...outer, key];
    // Of tables in a list there is the first one.
    const first = Array.isArray(inner) ? inner[0] : inner;
    const nested = typeof first === "object" && first !== null && !(first instanceof Date);
    return [place, ...nested ? placesIn(first, place) : []];
  });
}
