/**
 * Reads the lists that the IRMd gives (docs/local-protocol.md §2.3), with checks.
 *
 * @module
 */
import { InvalidError, ProtocolError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, integer, list, optional, text } from "../../wire/local/fields.ts";

/** Something that is wanted of an IPCP and is not there. */
export interface ListedMissing {
  readonly what: string;
  /** Milliseconds for which it has not been there. */
  readonly since: number;
  /** Milliseconds to the next try. */
  readonly next: number | undefined;
  /** Why the last try failed. */
  readonly problem: string | undefined;
}

/** An IPCP in a list. */
export interface ListedIpcp {
  /** Not there while it has no process. */
  readonly pid: number | undefined;
  readonly name: string;
  readonly type: string;
  /** Not there while it is in no layer. */
  readonly layer: string | undefined;
  readonly missing: readonly ListedMissing[];
}

/** A name in a list. */
export interface ListedName {
  readonly name: string;
  readonly balancing: string;
}

const MAX_ROWS = 1_000_000;
const MAX_PID = 0x7fffffff;
const MAX_TEXT = 65_536;

/** Reads the result of `ipcp.list`. @throws ProtocolError when it is none */
export const readIpcps = (result: unknown): ListedIpcp[] =>
  readRows(result, (from, key) => {
    const row = fieldsOf(from[key], key);
    return {
      pid: optional(row, "pid", (from, key) => integer(from, key, 0, MAX_PID)),
      name: text(row, "name"),
      type: text(row, "type"),
      layer: optional(row, "layer", text),
      missing: optional(row, "missing", (from, key) => list(from, key, MAX_ROWS, readMissing)) ?? [],
    };
  });

function readMissing(from: Fields, key: string): ListedMissing {
  const row = fieldsOf(from[key], key);
  const time = (from: Fields, key: string) => integer(from, key, 0, Number.MAX_SAFE_INTEGER);
  return {
    what: text(row, "what", MAX_TEXT),
    since: time(row, "since"),
    next: optional(row, "next", time),
    problem: optional(row, "problem", (from, key) => text(from, key, MAX_TEXT)),
  };
}

/** Reads the result of `name.list`. @throws ProtocolError when it is none */
export const readNames = (result: unknown): ListedName[] =>
  readRows(result, (from, key) => {
    const row = fieldsOf(from[key], key);
    return { name: text(row, "name"), balancing: text(row, "balancing") };
  });

/** Reads the result of `name.register` and `name.unregister`. @throws ProtocolError when it is none */
export const readWords = (result: unknown): string[] => readRows(result, text);

/** Reads a list from the IRMd. @throws ProtocolError when it, or a row, is not as agreed */
export function readRows<T>(result: unknown, read: (from: Fields, key: string) => T): T[] {
  try {
    return list({ result }, "result", MAX_ROWS, read);
  } catch (thrown) {
    if (!(thrown instanceof InvalidError)) throw thrown;
    throw new ProtocolError(`the answer of the IRMd is not as agreed: ${thrown.message}`, { cause: thrown });
  }
}
