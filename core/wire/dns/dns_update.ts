/**
 * Updates of a zone of the DNS (RFC 2136), and what answers say: as the reference's `nsupdate` and `nslookup` do it.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import {
  DNS_CLASS,
  DNS_OPCODE,
  DNS_RCODE,
  DNS_TYPE,
  type DnsMessage,
  dnsOpcode,
  dnsQuery,
  dnsRcode,
  type DnsRecord,
  isDnsResponse,
} from "./dns_message.ts";

/**
 * Adds a record to a zone.
 *
 * @param id of the message
 *
 * @example
 * ```ts
 * import { DNS_TYPE, encodeDns } from "./dns_message.ts";
 * import { dnsAdd } from "./dns_update.ts";
 * import assert from "node:assert/strict";
 * const record = { name: "a.", type: DNS_TYPE.A, ttl: 60, data: Uint8Array.of(10, 0, 0, 1) };
 * assert.equal(
 *   encodeDns(dnsAdd(7, ".", record)).toHex(),
 *   "00072800000100000001000000000600010161000001" + "00010000003c00040a000001",
 * );
 * ```
 */
export const dnsAdd = (id: number, zone: string, record: Omit<DnsRecord, "class">): DnsMessage =>
  update(id, zone, { ...record, class: DNS_CLASS.IN });

/** Takes one record out of a zone, and leaves others of its name there (RFC 2136 §2.5.4). */
export const dnsRemove = (
  id: number,
  zone: string,
  { name, type, data }: Pick<DnsRecord, "name" | "type" | "data">,
): DnsMessage => update(id, zone, { name, type, class: DNS_CLASS.NONE, ttl: 0, data });

/** Takes all records of a name and a type out of a zone (RFC 2136 §2.5.2): what the reference does. */
export const dnsRemoveAll = (id: number, zone: string, name: string, type: number): DnsMessage =>
  update(id, zone, { name, type, class: DNS_CLASS.ANY, ttl: 0, data: NO_BYTES });

function update(id: number, zone: string, record: DnsRecord): DnsMessage {
  const query = dnsQuery(id, zone, DNS_TYPE.SOA, false);
  return { ...query, flags: DNS_OPCODE.UPDATE << 11, authority: [record] };
}

/** Returns whether `answer` answers `asked`: same id, operation and question. */
export function answersDns(answer: DnsMessage, asked: DnsMessage): boolean {
  const [question] = asked.questions;
  const [repeated] = answer.questions;
  return isDnsResponse(answer) && answer.id === asked.id && dnsOpcode(answer) === dnsOpcode(asked) &&
    // Servers may leave the question out of a refusal.
    (repeated === undefined
      ? dnsRcode(answer) !== DNS_RCODE.NOERROR || dnsOpcode(asked) === DNS_OPCODE.UPDATE
      : repeated.name === qualified(question.name) && repeated.type === question.type &&
        repeated.class === question.class);
}

/** Returns the zone that a name is in, as the answer to a question for its SOA says; undefined: it does not say. */
export function zoneIn(answer: DnsMessage, name: string): string | undefined {
  const wanted = qualified(name);
  const owners = [...answer.answers, ...answer.authority]
    .filter((record) => record.type === DNS_TYPE.SOA && record.class === DNS_CLASS.IN)
    .map((record) => record.name);
  return owners.find((owner) => owner === "." || owner === wanted || wanted.endsWith(`.${owner}`));
}

/** Returns the addresses in an answer to a question for them, in the server's order: 4 or 16 bytes each. */
export function addressesIn(
  answer: DnsMessage,
  type: typeof DNS_TYPE.A | typeof DNS_TYPE.AAAA,
): Uint8Array[] {
  const length = type === DNS_TYPE.A ? 4 : 16;
  return answer.answers
    .filter((record) =>
      record.type === type && record.class === DNS_CLASS.IN && record.data.length === length
    )
    .map(({ data }) => data.slice());
}

const qualified = (name: string): string => (name.endsWith(".") ? name : `${name}.`).toLowerCase();
