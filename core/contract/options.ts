/**
 * Options of plugins, declared as plain data: so they can be listed, sent over a socket, shown in help and
 * completion, and checked, all without the plugin's code.
 *
 * @module
 */
import type { PluginKind } from "./plugin_kind.ts";

/** Value of an option after the check. */
export type OptionValue = string | number | boolean;
/** Options after the check, by name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** What all options have. */
export interface CommonOption {
  /** The word on the command line and the key in a file. Any prefix of it is an abbreviation. */
  readonly name: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** Other keys for it in a configuration file, such as those of the reference; pages and examples show the first. */
  readonly fileWords?: readonly string[];
  /** The word that help shows, where it is not {@link name}. */
  readonly shown?: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** Must be given. */
  readonly required?: boolean;
  /**
   * Where the word stands when words are matched: lower first, the first that matches wins. The reference's words have 10,
   * 20, … in its own order, so that its abbreviations keep their meaning; leave it out for a new word (it comes last).
   */
  readonly position?: number;
}

/** A whole number; `unit` is shown in help. */
export interface IntegerOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "integer";
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Read as hexadecimal, with or without `0x`. */
  readonly hexadecimal?: boolean;
  /** Unit that help shows. */
  readonly unit?: string;
  /** Value where none is given. */
  readonly default?: number;
}

/**
 * A whole number with a range and a value where none is given.
 *
 * @example
 * ```ts
 * import { integerOption } from "./options.ts";
 * import assert from "node:assert/strict";
 * const ttl = integerOption("ttl", [0, 255, 60], 110, "hops that a packet may take");
 * assert.deepEqual([ttl.min, ttl.max, ttl.default], [0, 255, 60]);
 * ```
 * @param range least, largest and initial value
 * @param position where it stands among options in help, and when words are matched
 */
export const integerOption = <const N extends string>(
  name: N,
  [min, max, initial]: readonly [number, number, number],
  position: number,
  help: string,
): IntegerOption & { readonly name: N; readonly default: number } => (
  { name, type: "integer", min, max, default: initial, position, help }
);

/** Free text, such as a device or an address; `value` is the word for it in help. */
export interface TextOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "text";
  /** Word for the value in help. */
  readonly value: string;
  /** Longest value, in bytes of UTF-8. */
  readonly maxBytes?: number;
  /** Value where none is given. */
  readonly default?: string;
  /** May be given several times; the values are joined with a comma. */
  readonly repeated?: boolean;
}
/** One of some words. */
export interface ChoiceOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "choice";
  /** The words. */
  readonly values: readonly string[];
  /** Value where none is given. */
  readonly default?: string;
}
/** The name of a plugin of `kind`; that plugin's own options become options too. */
export interface PolicyOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "policy";
  /** Kind of the plugin. */
  readonly kind: PluginKind;
  /** Value where none is given. */
  readonly default?: string;
}
/** A word without a value. */
export interface FlagOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "flag";
}

/** Declaration of one option. */
export type OptionDeclaration = IntegerOption | TextOption | ChoiceOption | PolicyOption | FlagOption;

/** The hash function of a layer, as the reference has it. */
export const HASH_OPTION = {
  name: "hash",
  type: "policy",
  kind: "hash",
  default: "SHA3_256",
  position: 40,
  help: "hash function for names in the layer",
} as const satisfies PolicyOption;

/** The type of the values of an option. */
export type ValueOf<D extends OptionDeclaration> = D extends IntegerOption ? number
  : D extends FlagOption ? boolean
  : D extends ChoiceOption ? D["values"][number]
  : string;

/** An option that has a value in every case: it must be given, has a default, or is a flag. */
export type Always = FlagOption | { readonly required: true } | { readonly default: number | string };

/**
 * The values of declared options, after the check: each by its name, with its type; `undefined` where it need not be given and
 * has no default. Values of other plugins may stand beside them.
 */
export type OptionsOf<O extends readonly OptionDeclaration[]> = readonly OptionDeclaration[] extends O
  ? OptionValues
  :
    & OptionValues
    & { readonly [D in O[number] as D extends Always ? D["name"] : never]: ValueOf<D> }
    & { readonly [D in O[number] as D extends Always ? never : D["name"]]?: ValueOf<D> };
