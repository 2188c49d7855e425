/**
 * Heads of HTTP/1.1 messages, as far as WebSockets need them (RFC 9112, RFC 6455 section 4).
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";

/** Longest head, in bytes. */
export const MAX_HEAD = 8192;

/** A head. */
export interface HttpHead {
  /** The first line, in words: method, path and version, or version, number and the rest. */
  readonly first: readonly string[];
  /** By name in lower case; several of a name are joined. */
  readonly headers: ReadonlyMap<string, string>;
}

const END = [13, 10, 13, 10];

/** Returns where the head ends that these bytes begin with; -1: it is not whole. @param from looked at before */
export function endOfHead(bytes: Uint8Array, from = 0): number {
  for (let at = Math.max(0, from - 3); at + 4 <= bytes.length; at++) {
    if (END.every((byte, index) => bytes[at + index] === byte)) return at + 4;
  }
  return -1;
}

/**
 * Reads a head.
 *
 * @throws ProtocolError when it is none
 *
 * @example
 * ```ts
 * import { parseHead } from "./http_head.ts";
 * import assert from "node:assert/strict";
 * const { first, headers } = parseHead("GET /a HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n");
 * assert.deepEqual([first, headers.get("upgrade")], [["GET", "/a", "HTTP/1.1"], "WebSocket"]);
 * ```
 */
export function parseHead(text: string): HttpHead {
  const [start, ...lines] = text.trimEnd().split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = line.match(/^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/) ?? [];
    if (name === undefined) throw new ProtocolError("a line of an HTTP head is no header");
    const key = name.toLowerCase(), before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const first = start.split(" ");
  if (!first.some((word) => /^HTTP\/1\.\d$/.test(word))) {
    throw new ProtocolError("what came is not HTTP/1.1");
  }
  return { first, headers };
}

/** Writes a head. */
export const formatHead = (first: string, headers: Readonly<Record<string, string | undefined>>): string =>
  `${first}\r\n${
    Object.entries(headers).filter(([, value]) => value !== undefined).map(([name, value]) =>
      `${name}: ${value}\r\n`
    ).join("")
  }\r\n`;

/** Returns whether a header's list, separated by commas, has a word. */
export const lists = ({ headers }: HttpHead, name: string, word: string): boolean =>
  (headers.get(name) ?? "").toLowerCase().split(",").some((one) => one.trim() === word);
