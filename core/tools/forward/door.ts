/**
 * What a program says to a proxy: SOCKS version 5 (RFC 1928) or HTTP CONNECT (RFC 9110 §9.3.6). The host that it asks for is a name;
 * the port does not matter. Bytes in, answers out: no I/O.
 *
 * @module
 */

/** Bytes that a request may have. */
const MOST = 8192;
const SOCKS = 5;
/** The version of SOCKS that has no names, or has them in a form of its own, and its "rejected". */
const OLD_SOCKS = 4, OLD_REJECTED = Uint8Array.of(0, 91, 0, 0, 0, 0, 0, 0);
const A = 0x41, Z = 0x5a;
/** SOCKS: no authentication; none of the offered kinds; CONNECT; kinds of addresses. */
const NO_AUTHENTICATION = 0, NONE_ACCEPTABLE = 0xff, CONNECT = 1, IPV4 = 1, DOMAIN = 3;
/** SOCKS: what came of a request. */
const GRANTED = 0, FAILED = 1, UNREACHABLE = 4, NOT_SUPPORTED = 7, WRONG_ADDRESS = 8;

/** How the attempt to reach a name went. */
export type DoorResult = "reached" | "unknown" | "failed";

/** What there is to do after some bytes. */
export type DoorStep =
  /** More must come; `answer`, if any, is sent. */
  | { readonly kind: "more"; readonly answer?: Uint8Array }
  /** The name is wanted; what came behind the request belongs to the stream. */
  | {
    readonly kind: "wanted";
    readonly name: string;
    readonly rest: Uint8Array;
    answer(result: DoorResult): Uint8Array;
  }
  /** It cannot be served: the answer is sent, and the connection closed. */
  | { readonly kind: "refused"; readonly answer: Uint8Array; readonly reason: string };

const decoder = new TextDecoder();
/** Makes a character of each byte, so that places in the text are places in the bytes. */
const byByte = new TextDecoder("latin1");
const encoder = new TextEncoder();

/**
 * One request at the door.
 *
 * @example
 * ```ts
 * import { Door } from "./door.ts";
 * import assert from "node:assert/strict";
 * const step = new Door().take(new TextEncoder().encode("CONNECT web:80 HTTP/1.1\r\n\r\n"));
 * assert(step.kind === "wanted" && step.name === "web");
 * ```
 */
export class Door {
  #bytes = new Uint8Array(0);
  #greeted = false;

  /** Takes what came. */
  take(bytes: Uint8Array): DoorStep {
    const all = new Uint8Array(this.#bytes.length + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.length);
    this.#bytes = all;
    if (all.length === 0) return { kind: "more" };
    const step = all[0] === SOCKS || this.#greeted ? this.#socks(all) : http(all);
    if (step.kind === "more" && this.#bytes.length > MOST) {
      return {
        kind: "refused",
        answer: status(431, "Request Header Fields Too Large"),
        reason: "its request is too long",
      };
    }
    return step;
  }

  #socks(all: Uint8Array): DoorStep {
    if (!this.#greeted) {
      if (all.length < 2 || all.length < 2 + all[1]) return { kind: "more" };
      const offered = all.subarray(2, 2 + all[1]);
      if (!offered.includes(NO_AUTHENTICATION)) {
        const answer = Uint8Array.of(SOCKS, NONE_ACCEPTABLE);
        return {
          kind: "refused",
          answer,
          reason: "it wants to authenticate, which this door does not ask for",
        };
      }
      this.#greeted = true;
      this.#bytes = all.slice(2 + all[1]);
      const answer = Uint8Array.of(SOCKS, NO_AUTHENTICATION);
      const step = this.#bytes.length === 0 ? undefined : this.#socks(this.#bytes);
      // Who sends all at once is answered at once.
      return !step || step.kind === "more" ? { kind: "more", answer } : inFront(answer, step);
    }
    if (all.length < 5) return { kind: "more" };
    const [version, command, , kind, length] = all;
    if (version !== SOCKS) {
      return {
        kind: "refused",
        answer: socksAnswer(FAILED),
        reason: `it speaks version ${version} of SOCKS`,
      };
    }
    if (command !== CONNECT) {
      return {
        kind: "refused",
        answer: socksAnswer(NOT_SUPPORTED),
        reason: "it asks for something else than a connection",
      };
    }
    if (kind !== DOMAIN) {
      const reason =
        "it asks for an address; let it send the name (curl: socks5h://, ssh and others: remote DNS)";
      return { kind: "refused", answer: socksAnswer(WRONG_ADDRESS), reason };
    }
    const end = 5 + length;
    if (all.length < end + 2) return { kind: "more" };
    return {
      kind: "wanted",
      name: decoder.decode(all.subarray(5, end)),
      rest: all.slice(end + 2),
      answer: (result) =>
        socksAnswer(result === "reached" ? GRANTED : result === "unknown" ? UNREACHABLE : FAILED),
    };
  }
}

function http(all: Uint8Array): DoorStep {
  if (all[0] === OLD_SOCKS) {
    const reason = "it speaks version 4 of SOCKS; let it speak version 5 (curl: socks5h://)";
    return { kind: "refused", answer: OLD_REJECTED, reason };
  }
  const text = byByte.decode(all.subarray(0, MOST));
  const end = text.indexOf("\r\n\r\n");
  // What begins with no method will be none, whatever comes behind it.
  if (end < 0 && all[0] >= A && all[0] <= Z) return { kind: "more" };
  const [, method, target] = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n/.exec(text) ?? [];
  if (method === undefined) {
    const reason = "it speaks neither SOCKS 5 nor HTTP";
    return { kind: "refused", answer: status(400, "Bad Request", reason), reason };
  }
  if (method !== "CONNECT") {
    const reason = `it asks with ${method}, not with CONNECT (curl: --proxytunnel, or socks5h://)`;
    return { kind: "refused", answer: status(405, "Method Not Allowed", reason), reason };
  }
  const at = method.length + 1;
  const name = decoder.decode(all.subarray(at, at + target.length)).replace(/:\d+$/, "");
  return {
    kind: "wanted",
    name,
    rest: all.slice(end + 4),
    answer: (result) => {
      if (result === "reached") return encoder.encode("HTTP/1.1 200 Connection established\r\n\r\n");
      return result === "unknown"
        ? status(502, `no flow to ${name}: unknown`)
        : status(502, `no flow to ${name}`);
    },
  };
}

/** @param why is shown to people whose program shows what comes with the status */
function status(code: number, reason: string, why = ""): Uint8Array {
  const body = why && `ouro forward: ${why}\n`;
  const head = `HTTP/1.1 ${code} ${reason}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return encoder.encode(head + body);
}

const socksAnswer = (code: number): Uint8Array => Uint8Array.of(SOCKS, code, 0, IPV4, 0, 0, 0, 0, 0, 0);

function inFront(first: Uint8Array, step: Exclude<DoorStep, { kind: "more" }>): DoorStep {
  const join = (second: Uint8Array) => Uint8Array.from([...first, ...second]);
  return step.kind === "wanted"
    ? { ...step, answer: (result) => join(step.answer(result)) }
    : { ...step, answer: join(step.answer) };
}
