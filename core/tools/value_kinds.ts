/**
 * Kinds of values that are written with a unit, as commands and files take them.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";

/** A kind of values. */
export interface ValueKind {
  /** What help calls a value, in capital letters. */
  readonly shown: string;
  /** @throws InvalidError that says how such a value is written */
  read(text: string): number;
  /** Writes a value. */
  write(value: number): string;
}

/** Writes a number with up to six digits, without zeros at the end. */
const shortened = (value: number): string => String(Number(value.toPrecision(6)));

const numberIn = (text: string, units: Readonly<Record<string, number>>, expected: string): number => {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-z%/]*)$/i.exec(text) ?? [];
  if (digits === undefined || !Object.hasOwn(units, unit)) {
    throw new InvalidError(`'${text}' is not ${expected}`);
  }
  return Number(digits) * units[unit];
};

/** A part of the packets, of 0 to 1. */
export const PART: ValueKind = {
  shown: "PART",
  read: (text) => numberIn(text, { "%": 0.01 }, "a part of the packets: write a percentage, such as 5%"),
  write: (value) => `${shortened(100 * value)}%`,
};

/** A length of time, in milliseconds. */
export const TIME: ValueKind = {
  shown: "TIME",
  read: (text) =>
    numberIn(text, { "": 1, us: 0.001, ms: 1, s: 1000 }, "a time: write us, ms or s, such as 5ms"),
  write: (value) => value >= 1000 ? `${shortened(value / 1000)}s` : `${shortened(value)}ms`,
};

const RATES = { "": 1, b: 1, k: 1e3, kb: 1e3, M: 1e6, Mb: 1e6, G: 1e9, Gb: 1e9 };

/** Bits a second. */
export const RATE: ValueKind = {
  shown: "RATE",
  read: (text) => numberIn(text, RATES, "a rate: write bits a second with kb, Mb or Gb, such as 10Mb"),
  write: (value) => {
    const [unit, size] = value >= 1e9 ? ["Gb", 1e9] : value >= 1e6 ? ["Mb", 1e6] : ["kb", 1e3] as const;
    return `${shortened(value / size)}${unit}`;
  },
};
