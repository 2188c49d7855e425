/**
 * The words of `ouro impair`, as data: for parsing, help, man page and completion.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { PART, RATE, TIME, type ValueKind } from "../../tools/value_kinds.ts";
import {
  IMPAIRED_DIRECTIONS,
  IMPAIRMENT_LIMITS,
  type ImpairmentKey,
} from "../../wire/local/impairment_json.ts";

/** One setting. */
export interface ImpairmentWord {
  readonly word: string;
  readonly key: ImpairmentKey;
  readonly kind: ValueKind;
  /** One line of help, without full stop. */
  readonly help: string;
}

const WHOLE: ValueKind = {
  shown: "NUMBER",
  read: (text) => {
    if (!/^\d+$/.test(text)) throw new InvalidError(`'${text}' is not a whole number`);
    return Number(text);
  },
  write: String,
};

/** The settings, in the order of help. */
export const IMPAIRMENT_WORDS: readonly ImpairmentWord[] = [
  { word: "loss", key: "loss", kind: PART, help: "Lose this part of the packets" },
  { word: "duplicate", key: "duplicate", kind: PART, help: "Send this part of them twice" },
  {
    word: "reorder",
    key: "reorder",
    kind: PART,
    help: "Hold this part of them back, so that others overtake",
  },
  { word: "reorder_by", key: "reorderBy", kind: TIME, help: "Hold them back so long at most (default: 5ms)" },
  { word: "corrupt", key: "corrupt", kind: PART, help: "Turn a bit round in this part of them" },
  { word: "delay", key: "delay", kind: TIME, help: "Let every packet take so long" },
  { word: "jitter", key: "jitter", kind: TIME, help: "Let it take longer by up to so much, at random" },
  { word: "rate", key: "rate", kind: RATE, help: "Let no more bits pass in a second" },
  { word: "queue", key: "queue", kind: WHOLE, help: "With a rate: packets that may wait (default: 1000)" },
  { word: "seed", key: "seed", kind: WHOLE, help: "Choose what happens to which packet by this number" },
];

/** The word for what is sent, received, or both. */
export const DIRECTION = {
  word: "direction",
  values: IMPAIRED_DIRECTIONS,
  help: "Only packets that are received (in), or that are sent (out); both when it is left out",
} as const;

/** The word that ends it. */
export const OFF = { word: "off", help: "End it; packets on their way arrive at once" } as const;

/**
 * Reads the value of a word.
 *
 * @throws InvalidError when it is none, or is out of bounds
 *
 * @example
 * ```ts
 * import { IMPAIRMENT_WORDS, valueOf } from "./keywords.ts";
 * import assert from "node:assert/strict";
 * const [loss] = IMPAIRMENT_WORDS;
 * assert.equal(valueOf(loss, "5%"), 0.05);
 * assert.throws(() => valueOf(loss, "105%"), /loss must be 0% to 100%/);
 * ```
 */
export function valueOf({ word, key, kind }: ImpairmentWord, text: string): number {
  let value: number;
  try {
    value = kind.read(text);
  } catch (thrown) {
    throw new InvalidError(`${word}: ${thrown instanceof Error ? thrown.message : thrown}`, {
      cause: thrown,
    });
  }
  const [min, max] = IMPAIRMENT_LIMITS[key];
  if (value >= min && value <= max) return value;
  throw new InvalidError(`${word} must be ${kind.write(min)} to ${kind.write(max)}, not ${text}`);
}
