/**
 * Checks that the options which a plugin declares are well formed.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { OptionDeclaration } from "../contract/options.ts";
import { PLUGIN_KINDS } from "../contract/plugin_kind.ts";
import { type Fields, flag, integer, list, optional, text } from "../wire/local/fields.ts";
import { oneOf, word } from "./words.ts";

const TYPES = ["integer", "text", "choice", "policy", "flag"] as const;
const MAX_WORDS = 100;
const MAX_LINE = 300;
const MAX_ORDER = 1_000_000;

/**
 * Checks declared options.
 *
 * @param options the declared options
 * @param reserved words that may not be used
 * @throws InvalidError naming the option and what is wrong with it
 */
export function checkDeclaredOptions(
  options: readonly Fields[],
  reserved: readonly string[],
): asserts options is readonly (Fields & OptionDeclaration)[] {
  const taken = new Set(reserved);
  for (const option of options) {
    const name = word(option, "name");
    try {
      const aliases = optional(option, "aliases", (from, key) => list(from, key, MAX_WORDS, word)) ?? [];
      for (const known of [name, ...aliases]) {
        if (taken.has(known)) throw new InvalidError(`the word "${known}" is taken`);
        taken.add(known);
      }
      checkCommon(option);
      checkType(option);
    } catch (thrown) {
      if (!(thrown instanceof InvalidError)) throw thrown;
      throw new InvalidError(`option ${name}: ${thrown.message}`, { cause: thrown });
    }
  }
}

function checkCommon(option: Fields): void {
  if (/\n/.test(text(option, "help", MAX_LINE))) throw new InvalidError("help must be one line");
  optional(option, "shown", word);
  optional(option, "fileWords", (from, key) => list(from, key, MAX_WORDS, word));
  optional(option, "required", flag);
  optional(option, "position", (from, key) => integer(from, key, 0, MAX_ORDER));
}

function checkType(option: Fields): void {
  switch (oneOf(option, "type", TYPES)) {
    case "integer":
      return checkInteger(option);
    case "text":
      text(option, "value", MAX_LINE);
      optional(option, "maxBytes", (from, key) => integer(from, key, 1, MAX_ORDER));
      optional(option, "repeated", flag);
      optional(option, "default", (from, key) => text(from, key, MAX_LINE));
      return;
    case "choice": {
      const values = list(option, "values", MAX_WORDS, word);
      if (values.length === 0) throw new InvalidError("values must not be empty");
      optional(option, "default", (from, key) => oneOf(from, key, values));
      return;
    }
    case "policy":
      oneOf(option, "kind", PLUGIN_KINDS.filter((kind) => kind !== "ipcp"));
      optional(option, "default", word);
      return;
    case "flag":
      return;
  }
}

function checkInteger(option: Fields): void {
  const min = integer(option, "min", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const max = integer(option, "max", min, Number.MAX_SAFE_INTEGER);
  optional(option, "default", (from, key) => integer(from, key, min, max));
  optional(option, "hexadecimal", flag);
  optional(option, "unit", (from, key) => text(from, key, MAX_LINE));
}
