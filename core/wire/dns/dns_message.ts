/**
 * Messages of the DNS (RFC 1035 §4), as much of them as layers over UDP need. They are written without compression.
 * The codec stands in the core, since the simulator's DNS server speaks it as well.
 *
 * @module
 */
import { MessageSizeError, ProtocolError } from "../../contract/errors.ts";
import { encodeDnsName, readDnsName } from "./dns_name.ts";

/** Types of records (RFC 1035 §3.2.2, RFC 3596). */
export const DNS_TYPE = { A: 1, SOA: 6, AAAA: 28 } as const;
/** Classes of records (RFC 1035 §3.2.4, RFC 2136 §2.5). */
export const DNS_CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;
/** Codes of answers (RFC 1035 §4.1.1): success, and there is no such name. */
export const DNS_RCODE = { NOERROR: 0, NXDOMAIN: 3 } as const;
/** What is asked for. */
export const DNS_OPCODE = { QUERY: 0, UPDATE: 5 } as const;

const RESPONSE = 0x8000;
const RECURSION_DESIRED = 0x0100;
const MAX_MESSAGE = 0xffff;
const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
const UPDATE_RCODES = ["YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"];

/** What is asked; in an update the zone. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** A record. */
export interface DnsRecord extends DnsQuestion {
  /** Seconds for which it may be kept. */
  readonly ttl: number;
  /** Its content. When decoded: a view into the message; names in it may be compressed. */
  readonly data: Uint8Array;
}

/** A message. In an update, the sections are zone, prerequisites, updates and additional data. */
export interface DnsMessage {
  readonly id: number;
  /** The second word of the header: see {@link isDnsResponse}, {@link dnsOpcode} and {@link dnsRcode}. */
  readonly flags: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
}

/** It is an answer. */
export const isDnsResponse = ({ flags }: DnsMessage): boolean => (flags & RESPONSE) !== 0;
/** See {@link DNS_OPCODE}. */
export const dnsOpcode = ({ flags }: DnsMessage): number => (flags >> 11) & 0x0f;
/** See {@link DNS_RCODE}. */
export const dnsRcode = ({ flags }: DnsMessage): number => flags & 0x0f;
/** Returns the code of an answer in words: `REFUSED`, … */
export function dnsRcodeName(message: DnsMessage): string {
  const code = dnsRcode(message);
  return [...RCODES, ...UPDATE_RCODES][code] ?? `code ${code}`;
}

/**
 * Makes a question to a server.
 *
 * @param recursive it may ask others
 *
 * @example
 * ```ts
 * import { DNS_TYPE, dnsQuery, decodeDns, encodeDns } from "./dns_message.ts";
 * import assert from "node:assert/strict";
 * const query = dnsQuery(7, "example.org.", DNS_TYPE.A, true);
 * assert.deepEqual(decodeDns(encodeDns(query)), query);
 * ```
 */
export function dnsQuery(id: number, name: string, type: number, recursive: boolean): DnsMessage {
  return {
    id,
    flags: recursive ? RECURSION_DESIRED : 0,
    questions: [{ name, type, class: DNS_CLASS.IN }],
    answers: [],
    authority: [],
    additional: [],
  };
}

/**
 * Encodes a message.
 *
 * @throws InvalidError when a name is not one of the DNS
 * @throws MessageSizeError when it is longer than 65535 bytes
 */
export function encodeDns(
  { id, flags, questions, answers, authority, additional }: DnsMessage,
): Uint8Array<ArrayBuffer> {
  const counts = [questions, answers, authority, additional].map(({ length }) => length);
  const bytes = [...words(id, flags, ...counts)];
  for (const { name, type, class: of } of questions) bytes.push(...encodeDnsName(name), ...words(type, of));
  for (const { name, type, class: of, ttl, data } of [...answers, ...authority, ...additional]) {
    bytes.push(...encodeDnsName(name), ...words(type, of, ttl >>> 16, ttl & 0xffff, data.length), ...data);
  }
  if (bytes.length > MAX_MESSAGE) throw new MessageSizeError(`a DNS message has ${bytes.length} bytes`);
  return Uint8Array.from(bytes);
}

/**
 * Reads a message; bytes behind it are ignored.
 *
 * @throws ProtocolError when it is not whole or a name in it is not valid
 */
export function decodeDns(message: Uint8Array): DnsMessage {
  const reader = new Reader(message);
  const [id, flags, ...counts] = Array.from({ length: 6 }, () => reader.word());
  const questions = times(counts[0], () => reader.question());
  const [answers, authority, additional] = counts.slice(1).map((count) =>
    times(count, () => reader.record())
  );
  return { id, flags, questions, answers, authority, additional };
}

class Reader {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  word(): number {
    const [high, low] = this.#take(2);
    return high * 256 + low;
  }

  question(): DnsQuestion {
    const { name, next } = readDnsName(this.bytes, this.#at);
    this.#at = next;
    return { name, type: this.word(), class: this.word() };
  }

  record(): DnsRecord {
    const question = this.question();
    const ttl = this.word() * 0x10000 + this.word();
    return { ...question, ttl, data: this.#take(this.word()) };
  }

  #take(count: number): Uint8Array {
    const start = this.#at;
    this.#at += count;
    if (this.#at > this.bytes.length) throw new ProtocolError("a DNS message is shorter than it says");
    return this.bytes.subarray(start, this.#at);
  }
}

/** Ends early when `make` throws: counts that lie cost nothing. */
function times<T>(count: number, make: () => T): T[] {
  const made: T[] = [];
  for (let i = 0; i < count; i++) made.push(make());
  return made;
}

const words = (...values: number[]): number[] => values.flatMap((value) => [value >> 8, value & 0xff]);
