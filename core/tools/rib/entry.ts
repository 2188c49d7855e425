/**
 * What an entry of the RIB is, and what those who fill entries share. What they read comes from an IPCP, whose type may be a third
 * party's: what is missing there is zero or empty.
 *
 * @module
 */
import type { Fields } from "../../wire/local/fields.ts";

/** An entry of a component. */
export interface Entry {
  readonly name: string;
  /** Older names, which lists leave out. */
  readonly aliases?: readonly string[];
  readonly text: string;
  /** When it changed, in milliseconds since 1970; left out: now. */
  readonly modified?: number;
}

/** Returns the number of a field. */
export const numberOf = (from: Fields, key: string): number => {
  const { [key]: value } = from;
  return typeof value === "number" ? value : 0;
};

/** Returns the text of a field. */
export const textOf = (from: Fields, key: string): string => {
  const { [key]: value } = from;
  return typeof value === "string" ? value : "";
};

/** Returns the time of a field, in milliseconds since 1970. */
export const timeOf = (from: Fields, key: string): number => Date.parse(textOf(from, key)) || 0;

/** Returns the object of a field. */
export const partOf = (from: Fields, key: string): Fields => {
  const { [key]: value } = from;
  return isFields(value) ? value : {};
};

/** Returns the objects of a list that have these fields: the last one of a list that was cut has none. */
export const rowsOf = (from: Fields, key: string, ...needed: readonly string[]): Fields[] => {
  const { [key]: value } = from;
  const rows: unknown[] = Array.isArray(value) ? value : [];
  return rows.filter(isFields).filter((row) => needed.every((field) => Object.hasOwn(row, field)));
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the number of an address that statistics show as a text. */
export const addressOf = (from: Fields, key: string): number => {
  const text = textOf(from, key);
  return /^[0-9a-f]{2}(\.[0-9a-f]{2}){3}$/.test(text)
    ? text.split(".").reduceRight((number, byte) => number * 0x100 + parseInt(byte, 16), 0)
    : 0;
};

/** Returns a time as the reference shows it. */
export const utcText = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} (UTC)`;

/** Returns a line with the value at its right end. */
export const aligned = (
  label: string,
  value: string | number | bigint,
  left: number,
  right: number,
): string => label.padEnd(left) + String(value).padStart(right);

/** Returns lines as a text. */
export const linesText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
