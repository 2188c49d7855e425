/**
 * What both ends of a WebSocket do before its first frame.
 *
 * @module
 */
import {
  InvalidError,
  messageOf,
  NotFoundError,
  type OuroError,
  PermissionError,
  ProtocolError,
} from "../../../contract/errors.ts";
import { endOfHead, type HttpHead, MAX_HEAD, parseHead } from "../../../wire/web/http_head.ts";
import type { WebConnection } from "./message_stream.ts";

/** Milliseconds in which a handshake must be done. */
export const HANDSHAKE_WITHIN = 10_000;
/** What the other end proves that it knows the protocol with (RFC 6455). */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The types of records of TLS, and the first byte of their version. */
const TLS_RECORDS = { first: 20, last: 24, version: 3 };

/** The other end speaks TLS, and this end does not. */
export class TlsCame extends ProtocolError {
  constructor() {
    super("what came is TLS, not HTTP");
  }
}

/** The connection has ended before the head of a message had. */
export class HeadEnds extends ProtocolError {
  constructor() {
    super("the connection ends before an HTTP head does");
  }
}

/** Sees TLS in the first bytes that come, rather than to wait for the end of a head that never comes. @throws TlsCame */
function refuseTls([type, version = TLS_RECORDS.version]: Uint8Array): void {
  const { first, last } = TLS_RECORDS;
  if (type >= first && type <= last && version === TLS_RECORDS.version) throw new TlsCame();
}

/** Reads the head of an HTTP message, and what came behind it. @throws ProtocolError when there is none */
export async function readHead(
  stream: WebConnection,
): Promise<{ readonly head: HttpHead; readonly rest: Uint8Array }> {
  const bytes = new Uint8Array(MAX_HEAD);
  for (let have = 0; have < MAX_HEAD;) {
    const count = await stream.read(bytes.subarray(have));
    if (count === null) throw new HeadEnds();
    refuseTls(bytes.subarray(0, have + count));
    const end = endOfHead(bytes.subarray(0, have + count), have);
    have += count;
    if (end < 0) continue;
    const head = parseHead(new TextDecoder("latin1").decode(bytes.subarray(0, end)));
    return { head, rest: bytes.subarray(end, have) };
  }
  throw new ProtocolError(`an HTTP head has more than ${MAX_HEAD} bytes`);
}

/** Writes all of a text. */
export async function writeText(stream: WebConnection, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}

const digestOf = async (algorithm: string, text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest(algorithm, new TextEncoder().encode(text)));

/** Returns what a server answers to the key of a client. */
export const acceptOf = async (key: string): Promise<string> =>
  (await digestOf("SHA-1", key + MAGIC)).toBase64();

/** Returns whether two secrets are the same, in a time that does not tell where they differ. */
export async function sameSecret(one: string, other: string): Promise<boolean> {
  const [a, b] = [await digestOf("SHA-256", one), await digestOf("SHA-256", other)];
  return a.every((byte, index) => byte === b[index]);
}

/** Reads a file. @throws NotFoundError, PermissionError or InvalidError that names it */
export function readFile(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    throw fileError(path, what, thrown);
  }
}

function fileError(path: string, what: string, thrown: unknown): OuroError {
  if (thrown instanceof Deno.errors.NotFound) return new NotFoundError(`there is no ${what} ${path}`);
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new PermissionError(`this process may not read the ${what} ${path}`);
  }
  return new InvalidError(`the ${what} ${path} cannot be read: ${messageOf(thrown)}`);
}

/** Reads a token: the first line of a file. @throws NotFoundError, PermissionError or InvalidError that names it */
export function readToken(path: string): string {
  const token = readFile(path, "file of a token").split("\n")[0].trim();
  if (!/^[\x21-\x7e]{16,512}$/.test(token)) {
    throw new InvalidError(
      `the first line of ${path} is no token: 16 to 512 letters, digits or signs, without blanks`,
    );
  }
  return token;
}
