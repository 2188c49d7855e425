/**
 * A DNS server in virtual time: one zone in memory, which takes updates from everybody.
 *
 * @module
 */
import {
  decodeDns,
  DNS_CLASS,
  DNS_OPCODE,
  DNS_RCODE,
  DNS_TYPE,
  type DnsMessage,
  dnsOpcode,
  type DnsQuestion,
  type DnsRecord,
  encodeDns,
} from "../../wire/dns/dns_message.ts";
import { formatIp } from "../../wire/ip_address.ts";

const ANSWER = 0x8400;
const NOTAUTH = 9;
const REFUSED = 5;

/** One zone. */
export class SimulatedDns {
  /** What it has, but for the zone's own record. */
  readonly records: DnsRecord[] = [];
  /** Messages that came, decoded. */
  readonly asked: DnsMessage[] = [];
  /** Refuses updates. */
  readOnly = false;

  /** @param zone its name, with the dot at the end */
  constructor(private readonly zone = ".") {}

  /** Answers one message. */
  readonly answer = (bytes: Uint8Array): Uint8Array => {
    const message = decodeDns(bytes);
    this.asked.push(message);
    return encodeDns(dnsOpcode(message) === DNS_OPCODE.UPDATE ? this.#update(message) : this.#look(message));
  };

  /** Returns the addresses of a name, as texts. */
  addresses(name: string): string[] {
    return this.records.filter((record) => record.name === name).map(({ data }) => formatIp(data));
  }

  #look(message: DnsMessage): DnsMessage {
    const [{ name, type }] = message.questions;
    const ofName = this.records.filter((record) => record.name === name);
    const answers = ofName.filter((record) => record.type === type);
    const rcode = ofName.length > 0 ? DNS_RCODE.NOERROR : DNS_RCODE.NXDOMAIN;
    const authority = answers.length > 0 ? [] : [this.#soa()];
    return { ...message, flags: ANSWER | (message.flags & 0x0100) | rcode, answers, authority };
  }

  #update(message: DnsMessage): DnsMessage {
    const [zone] = message.questions;
    const refusal = zone.name !== this.zone ? NOTAUTH : this.readOnly ? REFUSED : 0;
    if (refusal === 0) { for (const record of message.authority) this.#change(record); }
    return { ...message, flags: message.flags | ANSWER | refusal, authority: [] };
  }

  #change(record: DnsRecord): void {
    const kept = this.records.filter((other) => !replaced(other, record));
    this.records.splice(0, Infinity, ...kept);
    if (record.class === DNS_CLASS.IN) this.records.push({ ...record, data: record.data.slice() });
  }

  #soa(): DnsRecord {
    const data = new Uint8Array(22);
    return { name: this.zone, type: DNS_TYPE.SOA, class: DNS_CLASS.IN, ttl: 3600, data };
  }
}

/** Returns whether `other` goes when the update `record` comes. */
function replaced(other: DnsRecord, record: DnsRecord): boolean {
  if (!sameKey(other, record)) return false;
  return record.class === DNS_CLASS.ANY || other.data.toHex() === record.data.toHex();
}

const sameKey = (a: DnsQuestion, b: DnsQuestion): boolean => a.name === b.name && a.type === b.type;
