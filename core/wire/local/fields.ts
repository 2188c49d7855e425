/**
 * Reads fields of an object that came from another process, with checks. Every fault is an {@link InvalidError} that
 * names the field and what it should be.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import { InvalidError } from "../../contract/errors.ts";
import { isPrintable, MAX_NAME_BYTES } from "../../contract/ids.ts";

/** An object of unknown fields. */
export type Fields = { readonly [key: string]: unknown };

const encoder = new TextEncoder();

function fault(key: string, expected: string, value: unknown): InvalidError {
  const found = value === undefined ? "it is missing" : `it is ${JSON.stringify(value)?.slice(0, 60)}`;
  return new InvalidError(`${key} must be ${expected}; ${found}`);
}

/** `value` as an object; `what` names it in the error. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fault(what, "an object", value);
  }
  return value as Fields;
}

/** Reads a text field of at most `maxBytes` bytes of UTF-8. */
export function text(from: Fields, key: string, maxBytes = MAX_NAME_BYTES): string {
  const value = from[key];
  if (typeof value !== "string") throw fault(key, "a text", value);
  if (value.length > maxBytes || (value.length * 3 > maxBytes && encoder.encode(value).length > maxBytes)) {
    throw new InvalidError(`${key} is longer than ${maxBytes} bytes`);
  }
  return value;
}

/** Reads a name: a text that is not empty, of at most {@link MAX_NAME_BYTES}, without control characters. */
export function name(from: Fields, key: string): string {
  const value = text(from, key);
  if (value === "") throw new InvalidError(`${key} must not be empty`);
  if (!isPrintable(value)) throw new InvalidError(`${key} must not contain control characters`);
  return value;
}

/** Reads a whole number of `min` … `max`. */
export function integer(from: Fields, key: string, min: number, max: number): number {
  const value = from[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw fault(key, `a whole number of ${min} to ${max}`, value);
  }
  return value;
}

/** Reads a number of `min` … `max`. */
export function number(from: Fields, key: string, min: number, max: number): number {
  const value = from[key];
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw fault(key, `a number of ${min} to ${max}`, value);
  }
  return value;
}

/** True or false. */
export function flag(from: Fields, key: string): boolean {
  const value = from[key];
  if (typeof value !== "boolean") throw fault(key, "true or false", value);
  return value;
}

/** Bytes, written as base64; left out: none. */
export function bytes(from: Fields, key: string, maxBytes: number): Uint8Array {
  const value = from[key];
  if (value === undefined || value === "") return NO_BYTES;
  if (typeof value !== "string") throw fault(key, "base64", value);
  let decoded: Uint8Array;
  try {
    decoded = Uint8Array.fromBase64(value);
  } catch {
    throw fault(key, "base64", value);
  }
  if (decoded.length > maxBytes) throw new InvalidError(`${key} is longer than ${maxBytes} bytes`);
  return decoded;
}

/** Lower-case hexadecimal of `minBytes` … `maxBytes` bytes. */
export function hex(from: Fields, key: string, minBytes: number, maxBytes = minBytes): string {
  const value = from[key];
  if (
    typeof value !== "string" || value.length % 2 !== 0 || value.length < minBytes * 2 ||
    value.length > maxBytes * 2 || !/^[0-9a-f]*$/.test(value)
  ) throw fault(key, `${minBytes} to ${maxBytes} bytes in lower-case hexadecimal`, value);
  return value;
}

/** Reads a list, each element read by `read`, at most `max` of them. */
export function list<T>(
  from: Fields,
  key: string,
  max: number,
  read: (element: Fields, key: string) => T,
): T[] {
  const value = from[key];
  if (!Array.isArray(value)) throw fault(key, "a list", value);
  if (value.length > max) throw new InvalidError(`${key} has more than ${max} elements`);
  return value.map((element, index) => read({ [`${key}[${index}]`]: element }, `${key}[${index}]`));
}

/** Reads what `read` reads, or undefined where the field is not there. */
export function optional<T>(
  from: Fields,
  key: string,
  read: (from: Fields, key: string) => T,
): T | undefined {
  return from[key] === undefined || from[key] === null ? undefined : read(from, key);
}
