/**
 * Names of the DNS (RFC 1035 §3.1, §4.1.4): texts here, labels with their lengths on the wire.
 *
 * @module
 */
import { InvalidError, ProtocolError } from "../../contract/errors.ts";

/** Longest label, in bytes. */
const MAX_LABEL = 63;
/** Longest name on the wire, in bytes. */
const MAX_NAME = 255;
/** Most pointers in a name: each leads to another label. */
const MAX_POINTERS = 127;
const POINTER = 0xc0;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** A name that was read, and where the bytes after it begin. */
export interface ReadName {
  /** Fully qualified, in lower case; bytes that are no plain characters as `\DDD`. */
  readonly name: string;
  readonly next: number;
}

/**
 * Encodes a name, without compression.
 *
 * @param name with or without the dot at the end; bytes may be written as `\DDD`; `.` is the root
 * @throws InvalidError when a label is empty or longer than 63 bytes, or all is longer than 255 bytes
 *
 * @example
 * ```ts
 * import { encodeDnsName, readDnsName } from "./dns_name.ts";
 * import assert from "node:assert/strict";
 * assert.equal(encodeDnsName("ab.c").toHex(), "026162016300");
 * assert.equal(readDnsName(encodeDnsName("Ab.C"), 0).name, "ab.c.");
 * ```
 */
export function encodeDnsName(name: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const labels = name === "." ? [] : (name.endsWith(".") ? name.slice(0, -1) : name).split(".");
  for (const label of labels) {
    const content = labelBytes(label);
    if (content.length === 0) throw new InvalidError(`"${name}" has an empty label`);
    if (content.length > MAX_LABEL) {
      throw new InvalidError(`"${name}" has a label of over ${MAX_LABEL} bytes`);
    }
    bytes.push(content.length, ...content);
  }
  bytes.push(0);
  if (bytes.length > MAX_NAME) throw new InvalidError(`"${name}" is longer than ${MAX_NAME} bytes`);
  return Uint8Array.from(bytes);
}

/**
 * Reads the name at `start`; a pointer must point to an earlier byte than all before it, so that there are no loops.
 *
 * @throws ProtocolError when the name is not whole, too long, or its pointers do not go back
 */
export function readDnsName(message: Uint8Array, start: number): ReadName {
  let name = "";
  let length = 1;
  let next: number | undefined;
  let earliest = start;
  let pointers = 0;
  for (let at = start;;) {
    const count = message[at];
    if (count === undefined) throw cut();
    if (count === 0) return { name: name || ".", next: next ?? at + 1 };
    if (count >= POINTER) {
      const low = message[at + 1];
      if (low === undefined) throw cut();
      const target = (count - POINTER) * 256 + low;
      if (target >= earliest) throw new ProtocolError("a pointer in a DNS name does not point back");
      if (++pointers > MAX_POINTERS) throw new ProtocolError("a DNS name has too many pointers");
      next ??= at + 2;
      earliest = target;
      at = target;
      continue;
    }
    if (count > MAX_LABEL) throw new ProtocolError("a DNS name has a label of an unknown kind");
    const end = at + 1 + count;
    length += 1 + count;
    if (end > message.length) throw cut();
    if (length > MAX_NAME) throw new ProtocolError(`a DNS name is longer than ${MAX_NAME} bytes`);
    for (let i = at + 1; i < end; i++) name += shown(message[i]);
    name += ".";
    at = end;
  }
}

function labelBytes(label: string): number[] {
  const bytes: number[] = [];
  for (const [part, digits] of label.matchAll(/\\(.{0,3})|./gsu)) {
    const code = digits === undefined
      ? part.codePointAt(0) ?? 0
      : /^[0-9]{3}$/.test(digits)
      ? Number(digits)
      : -1;
    const plain = digits === undefined ? code > 0x20 && code < 0x7f : code >= 0 && code <= 0xff;
    if (!plain) throw new InvalidError(`"${label}" is no label of a DNS name`);
    bytes.push(code);
  }
  return bytes;
}

/** Letters in lower case: names that differ only in case are the same (RFC 4343). */
function shown(byte: number): string {
  if (byte <= 0x20 || byte >= 0x7f || byte === DOT || byte === BACKSLASH) {
    return `\\${String(byte).padStart(3, "0")}`;
  }
  return String.fromCharCode(byte).toLowerCase();
}

const cut = () => new ProtocolError("a DNS message ends within a name");
