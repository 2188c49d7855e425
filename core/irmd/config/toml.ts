/**
 * The text of a configuration file, and where something stands in it: lines and columns of its tables and keys, and errors that know
 * their place.
 *
 * @module
 */
import { parse, TomlError } from "smol-toml";
import { InvalidError } from "../../contract/errors.ts";

/** The keys that lead to something, outermost first; none: the file. */
export type Place = readonly string[];

/** Returns the key that stands for an element of a list in a place. */
export const element = (index: number): string => `[${index}]`;

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

/** Returns the place that an error is about which is of a table: it begins with the key where it is about one (`ip: …`). */
export function placeSaid(table: Place, message: string): Place {
  const [, key] = /^(\w+): /.exec(message) ?? [];
  return key === undefined ? table : [...table, key];
}

/** Writes a value; of an object, the keys that are undefined are left out. */
export function tomlValue(value: string | boolean | number | object): string {
  if (typeof value === "string") return JSON.stringify(value.toWellFormed()).replaceAll("\x7f", "\\u007f");
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  const pairs = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{ ${pairs.map(([key, inner]) => `${tomlKey(key)} = ${tomlValue(inner)}`).join(", ")} }`;
}

/** Writes a word of a table's name, or a key. */
export const tomlKey = (word: string): string => /^[A-Za-z0-9_-]+$/.test(word) ? word : tomlValue(word);

/** A file of ours in TOML, and how its errors say where they belong. */
export interface TomlFile {
  /** What it says, unchecked. */
  readonly tables: unknown;
  /** Runs `check`; its errors say where in the file they belong. @throws ConfigError */
  explain<T>(check: () => T): T;
  /** Says where in the file a place is. */
  where(place: Place): string;
}

/**
 * Reads the text of a file.
 *
 * @param what the kind of file, for errors
 * @throws InvalidError that says where it is no TOML
 */
export function readToml(text: string, path: string, what: string): TomlFile {
  const tables = parseToml(text, path, what);
  const where = (place: Place) => {
    const position = positionsIn(text)(place);
    const there = position === undefined ? "" : `: line ${position.line}, column ${position.column}`;
    return `Failed to load ${what} ${path}${there}`;
  };
  const explain = <T>(check: () => T): T => {
    try {
      return at([], check);
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      throw new ConfigError(thrown.place, `${where(thrown.place)}: ${thrown.message}`, thrown);
    }
  };
  return { tables, explain, where };
}

/** Reads the text of the file at `path`. @throws InvalidError that says where it is no TOML */
export function parseToml(text: string, path: string, what = "config file"): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const { line, column } = thrown;
    const where = `Failed to parse ${what} ${path}: line ${line}, column ${column}`;
    throw new InvalidError(`${where}: ${reasonOf(thrown, text)}`, { cause: thrown });
  }
}

function reasonOf({ message, line, column }: TomlError, text: string): string {
  const [reason] = message.replace(/^Invalid TOML document: /, "").split("\n");
  if (!reason.startsWith("trying to redefine")) return reason;
  const words = text.split("\n")[line - 1].slice(column - 1);
  const [key] = /^[^=\]#]*/.exec(words) ?? [""];
  return `${key.trim()} is given twice: there is a table or a value of that name already`;
}

/**
 * Returns what tells the position of a place in a text that is right TOML: that of its innermost key or table which stands there.
 *
 * @example
 * ```ts
 * import { positionsIn } from "./toml.ts";
 * import assert from "node:assert/strict";
 * const positionOf = positionsIn('# A host.\n[local.l]\n  bootstrap = "ll"\n');
 * assert.deepEqual(positionOf(["local", "l", "bootstrap"]), { line: 3, column: 3 });
 * assert.deepEqual(positionOf(["local", "l", "reg"]), { line: 2, column: 8 });
 * ```
 */
export function positionsIn(text: string): (place: Place) => { line: number; column: number } | undefined {
  const offsets = new Scanner(text).scan();
  return (place) => {
    for (let length = place.length; length > 0; length--) {
      const offset = offsets.get(JSON.stringify(place.slice(0, length)));
      if (offset === undefined) continue;
      const before = text.slice(0, offset).split("\n");
      return { line: before.length, column: [...before[before.length - 1]].length + 1 };
    }
  };
}

const STRING =
  /"""(?:\\[^]|[^"\\]|"{1,2}(?!"))*"{3,5}|'''(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:\\.|[^"\\])*"|'[^']*'/y;
const BLANK = /(?:\s|#[^\n]*)*/y;
const BARE_KEY = /[^\s.=\]]+/y;
const BARE_VALUE = /[^,\]}\n#]*/y;

/** Goes through a text that is right TOML, and finds where each key stands first. */
class Scanner {
  readonly #text: string;
  readonly #offsets = new Map<string, number>();
  /** How many tables of a list there were so far, by its place. */
  readonly #listed = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): ReadonlyMap<string, number> {
    let table: Place = [];
    for (this.#take(BLANK); this.#at < this.#text.length; this.#take(BLANK)) {
      if (this.#text[this.#at] !== "[") this.#pair(table);
      else table = this.#header();
    }
    return this.#offsets;
  }

  #header(): Place {
    const brackets = this.#text.startsWith("[[", this.#at) ? 2 : 1;
    this.#at += brackets;
    const start = this.#at;
    const place = this.#key([]);
    this.#at += brackets;
    if (brackets === 1) return place;
    const list = JSON.stringify(place);
    const index = this.#listed.get(list) ?? 0;
    this.#listed.set(list, index + 1);
    const table = [...place, element(index)];
    this.#offsets.set(JSON.stringify(table), start);
    return table;
  }

  #pair(table: Place): void {
    const place = this.#key(table);
    this.#at++; // "="
    this.#value(place);
  }

  /** Takes a key with its dots, and the blanks behind it. */
  #key(outer: Place): Place {
    let place = outer;
    for (;;) {
      this.#take(BLANK);
      const offset = this.#at;
      const quoted = this.#take(STRING);
      const key = quoted === "" ? this.#take(BARE_KEY) : Object.keys(parse(`${quoted} = 0`))[0];
      place = [...place, key];
      this.#stands(place, offset);
      // Who does not say in which element of a list something is, means the first.
      this.#stands(place.filter((part) => !/^\[\d+\]$/.test(part)), offset);
      this.#take(BLANK);
      if (this.#text[this.#at] !== ".") return place;
      this.#at++;
    }
  }

  #value(place: Place): void {
    this.#take(BLANK);
    const opening = this.#text[this.#at];
    if (opening === "{") this.#elements("}", () => this.#pair(place));
    else if (opening === "[") this.#elements("]", (index) => this.#element([...place, element(index)]));
    else if (this.#take(STRING) === "") this.#take(BARE_VALUE);
  }

  #stands(place: Place, offset: number): void {
    const path = JSON.stringify(place);
    if (!this.#offsets.has(path)) this.#offsets.set(path, offset);
  }

  #element(place: Place): void {
    this.#offsets.set(JSON.stringify(place), this.#at);
    this.#value(place);
  }

  #elements(closing: string, take: (index: number) => void): void {
    this.#at++;
    let index = 0;
    for (this.#take(BLANK); this.#text[this.#at] !== closing; this.#take(BLANK)) {
      if (this.#text[this.#at] === ",") this.#at++;
      else take(index++);
    }
    this.#at++;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [""];
    this.#at += found.length;
    return found;
  }
}
