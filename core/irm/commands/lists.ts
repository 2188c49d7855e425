/**
 * Reads the lists that the IRMd gives (docs/local-protocol.md §2.3), with checks.
 *
 * @module
 */
import { InvalidError, ProtocolError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, integer, list, optional, text } from "../../wire/local/fields.ts";

/** An IPCP in a list. */
export interface ListedIpcp {
  readonly pid: number;
  readonly name: string;
  readonly type: string;
  /** Not there while it is in no layer. */
  readonly layer: string | undefined;
}

/** A name in a list. */
export interface ListedName {
  readonly name: string;
  readonly balancing: string;
}

const MAX_ROWS = 1_000_000;
const MAX_PID = 0x7fffffff;

/** Reads the result of `ipcp.list`. @throws ProtocolError when it is none */
export const readIpcps = (result: unknown): ListedIpcp[] =>
  readRows(result, (from, key) => {
    const row = fieldsOf(from[key], key);
    return {
      pid: integer(row, "pid", 0, MAX_PID),
      name: text(row, "name"),
      type: text(row, "type"),
      layer: optional(row, "layer", text),
    };
  });

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
