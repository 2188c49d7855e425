/**
 * How a word on the command line finds its keyword: the first in table order of which it is a prefix. Case counts; the
 * empty word finds nothing.
 *
 * @module
 */

/** Something that a word can mean. */
export interface Matchable {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Has no abbreviations. */
  readonly exact?: boolean;
}

/** Returns whether `word` is `full` or an abbreviation of it. */
export const abbreviates = (word: string, full: string): boolean => word !== "" && full.startsWith(word);

/**
 * Returns the first of `candidates` that `word` means. An alias stands where its name stands, but does not change
 * what an abbreviation of a name means.
 *
 * @example
 * ```ts
 * import { firstMatch } from "./match.ts";
 * import assert from "node:assert/strict";
 * const words = [{ name: "eid", aliases: ["fd", "endpoint"] }, { name: "end" }, { name: "addr" }, { name: "addr_auth"
 * }]; assert.equal(firstMatch("f", words)?.name, "eid"); assert.equal(firstMatch("en", words)?.name, "end");
 * assert.equal(firstMatch("addr", words)?.name, "addr"); assert.equal(firstMatch("address", words), undefined);
 * assert.equal(firstMatch("", words), undefined);
 * ```
 */
export function firstMatch<T extends Matchable>(word: string, candidates: readonly T[]): T | undefined {
  return candidates.find((candidate) =>
    candidate.exact ? word === candidate.name : abbreviates(word, candidate.name)
  ) ??
    candidates.find(({ aliases }) => aliases?.some((alias) => abbreviates(word, alias)));
}

/** Returns whether a word asks for help where a keyword could stand: `help`, `usage` or an abbreviation. */
export const asksForHelp = (word: string): boolean =>
  abbreviates(word, "help") || abbreviates(word, "usage") || isHelpWord(word);

/** Returns whether a word asks for help even where a name could stand. */
export const isHelpWord = (word: string): boolean => ["help", "usage", "--help", "-h"].includes(word);
