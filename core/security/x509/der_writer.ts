/**
 * Writes DER (X.690).
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import { Tag } from "./der.ts";

/**
 * One element.
 *
 * @example
 * ```ts
 * import { der } from "./der_writer.ts";
 * import assert from "node:assert/strict";
 * assert.equal(der(4, Uint8Array.of(1, 2)).toHex(), "04020102");
 * ```
 */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : length < 0x10000
    ? [tag, 0x82, length >> 8, length & 0xff]
    : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return joinBytes(Uint8Array.from(head), ...parts);
}

/** Writes a SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  der(Tag.SEQUENCE, ...parts);

/** Writes an object identifier from its content in hexadecimal. */
export const oid = (hex: string): Uint8Array<ArrayBuffer> => der(Tag.OID, Uint8Array.fromHex(hex));

/** Writes a number that is not negative, from its bytes. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const sign = bytes[start] >= 0x80 ? [0] : [];
  return der(Tag.INTEGER, Uint8Array.from(sign), bytes.subarray(start));
}

/** Writes a BIT STRING of whole bytes. */
export const bits = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  der(Tag.BIT_STRING, Uint8Array.of(0), ...parts);
