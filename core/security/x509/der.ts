/**
 * Reads DER (X.690), as certificates and keys are written in: one element after the other, bounds checked, nothing lenient.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";

/** Tags that certificates and keys use. */
export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  UTF8: 0x0c,
  PRINTABLE: 0x13,
  T61: 0x14,
  IA5: 0x16,
  UTC_TIME: 0x17,
  TIME: 0x18,
  BMP: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** Returns the tag `[number]` of a constructed, or of a primitive element. */
export const contextTag = (number: number, constructed = true): number =>
  (constructed ? 0xa0 : 0x80) | number;

/** An element: views into the bytes that were read. */
export interface Element {
  readonly tag: number;
  /** Without tag and length. */
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** Elements that follow each other. Every fault is a {@link ProtocolError}. */
export class DerReader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Is there nothing more? */
  get done(): boolean {
    return this.#at === this.bytes.length;
  }

  /** Returns the tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.bytes[this.#at];
  }

  /** Reads the next element, whatever its tag. */
  any(): Element {
    const bytes = this.bytes;
    const start = this.#at;
    if (start + 2 > bytes.length) throw new ProtocolError("DER ends within an element");
    const tag = bytes[start];
    if ((tag & 0x1f) === 0x1f) throw new ProtocolError("DER has a tag of more than one byte");
    let length = bytes[start + 1];
    let at = start + 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 3 || at + count > bytes.length) {
        throw new ProtocolError("DER has a bad length");
      }
      length = 0;
      for (const end = at + count; at < end; at++) length = length * 256 + bytes[at];
      if (length < (count === 1 ? 0x80 : 1 << (8 * (count - 1)))) {
        throw new ProtocolError("DER has a length that is not the shortest");
      }
    }
    if (at + length > bytes.length) throw new ProtocolError("DER ends within an element");
    this.#at = at + length;
    return { tag, content: bytes.subarray(at, this.#at), whole: bytes.subarray(start, this.#at) };
  }

  /** Reads the next element, which must have this tag. */
  expect(tag: number, what: string): Element {
    if (this.tag !== tag) {
      const found = this.tag === undefined ? "the end" : `tag ${this.tag}`;
      throw new ProtocolError(`DER: ${what} was expected with tag ${tag}, found ${found}`);
    }
    return this.any();
  }

  /** Reads the next element if it has this tag. */
  optional(tag: number): Element | undefined {
    return this.tag === tag ? this.any() : undefined;
  }

  /** Returns a reader of what is in the next element, which must have this tag. */
  enter(tag: number, what: string): DerReader {
    return new DerReader(this.expect(tag, what).content);
  }

  /** Checks that there is nothing more. */
  end(what: string): void {
    if (!this.done) throw new ProtocolError(`DER: ${what} has bytes behind its end`);
  }
}

/** Reads the bytes of a BIT STRING of whole bytes. */
export function bitString({ content }: Element): Uint8Array {
  if (content.length === 0 || content[0] !== 0) {
    throw new ProtocolError("DER: a bit string is not of whole bytes");
  }
  return content.subarray(1);
}

/** Returns an object identifier in hexadecimal, without tag and length: good for comparing. */
export const oidHex = ({ content }: Element): string => content.toHex();

/** Reads a number that is not negative, of at most 4 bytes. */
export function smallInteger({ content }: Element): number {
  if (content.length === 0 || content.length > 5 || content[0] >= 0x80) {
    throw new ProtocolError("DER: a number is negative or too large");
  }
  return content.reduce((value, byte) => value * 256 + byte, 0);
}
