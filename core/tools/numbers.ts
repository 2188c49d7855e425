/**
 * Numbers and lengths of time as the tools take them on the command line.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Returns the milliseconds of a whole number with `ms` (also when left out), `s`, `m`, `h` or `d`.
 *
 * @throws InvalidError in the words of the reference for an unknown unit
 *
 * @example
 * ```ts
 * import { parseTimeSpan } from "./numbers.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(["250", "10ms", "2s", "1h"].map(parseTimeSpan), [250, 10, 2000, 3_600_000]);
 * ```
 */
export function parseTimeSpan(text: string): number {
  const parts = /^(\d+)(.*)$/s.exec(text);
  if (!parts) {
    throw new InvalidError(
      `'${text}' is not a time: write a whole number and ms, s, m, h or d, such as 200ms`,
    );
  }
  const [, digits, unit] = parts;
  if (!Object.hasOwn(UNITS, unit)) throw new InvalidError(`Unknown time unit: ${unit}.`);
  const milliseconds = Number(digits) * UNITS[unit];
  if (!Number.isSafeInteger(milliseconds)) throw new InvalidError(`'${text}' is too long a time`);
  return milliseconds;
}

/** Reads a whole number; `what` names it in the error. @throws InvalidError when it is none, or out of bounds */
export function wholeNumber(what: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidError(`the ${what} must be a whole number from ${min} to ${max}, not '${text}'`);
}
