/**
 * Rates as the tools take and show them.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

const UNITS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

/**
 * Returns the bits a second of a number with `k`, `M` or `G`.
 *
 * @param bare what a number without a letter is multiplied by
 * @throws InvalidError in the words of the reference for another letter
 *
 * @example
 * ```ts
 * import { parseRate } from "./rate.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([parseRate("10M", 1), parseRate("1.5G", 1), parseRate("100", 1000)], [1e7, 1.5e9, 1e5]);
 * ```
 */
export function parseRate(text: string, bare: number): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(.*)$/s.exec(text) ?? [];
  if (digits === undefined) {
    throw new InvalidError(`'${text}' is not a rate: write a number and k, M or G, such as 10M`);
  }
  if (unit !== "" && !Object.hasOwn(UNITS, unit)) throw new InvalidError(`Unknown rate unit: ${unit}.`);
  const rate = Number(digits) * (unit === "" ? bare : UNITS[unit]);
  if (!(rate > 0) || !Number.isFinite(rate)) throw new InvalidError("Invalid rate.");
  return rate;
}

/** Returns the milliseconds between packets of so many bytes at so many bits a second. */
export const intervalOf = (rate: number, size: number): number => size * 8000 / rate;

/** Returns the megabits a second of so many bytes in so many milliseconds; 0 in no time. */
export const megabits = (bytes: number, milliseconds: number): number =>
  milliseconds > 0 ? bytes * 8 / milliseconds / 1000 : 0;
