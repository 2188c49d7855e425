/**
 * Reads the words that plugins are named with.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { type Fields, name } from "../wire/local/fields.ts";

/** Reads a word of letters, digits, `_`, `-` and `.`, which starts with a letter or digit. */
export function word(from: Fields, key: string): string {
  const value = name(from, key);
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(value)) return value;
  throw new InvalidError(
    `${key} must be at most 63 letters, digits and _ - . and start with a letter or digit; it is "${value}"`,
  );
}

/** Reads one of some words. */
export function oneOf<T extends string>(from: Fields, key: string, words: readonly T[]): T {
  const found = words.find((known) => known === from[key]);
  if (found !== undefined) return found;
  throw new InvalidError(`${key} must be one of ${words.join(", ")}; it is ${JSON.stringify(from[key])}`);
}
