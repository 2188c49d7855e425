/**
 * Questions and updates to one DNS server.
 *
 * @module
 */
import { asOuroError, IpcpError, ProtocolError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { Resolver } from "../../core/contract/network.ts";
import { DONE, type Done, failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Random } from "../../core/contract/ports.ts";
import {
  decodeDns,
  DNS_RCODE,
  DNS_TYPE,
  type DnsMessage,
  dnsQuery,
  dnsRcode,
  dnsRcodeName,
  encodeDns,
} from "../../core/wire/dns/dns_message.ts";
import { addressesIn, answersDns, dnsAdd, dnsRemove, zoneIn } from "../../core/wire/dns/dns_update.ts";
import type { IpVersion } from "../../core/wire/ip_address.ts";

/** Seconds for which others may keep a record, as the reference says. */
const TTL = 86_400;
const OK: readonly number[] = [DNS_RCODE.NOERROR];
const OK_OR_UNKNOWN: readonly number[] = [DNS_RCODE.NOERROR, DNS_RCODE.NXDOMAIN];

/** A DNS server. The name of a hash is its hexadecimal text, right below the root. */
export class DnsClient {
  readonly server: string;
  readonly #resolver: Resolver;
  readonly #random: Random;
  readonly #type: typeof DNS_TYPE.A | typeof DNS_TYPE.AAAA;
  readonly #own: Uint8Array;

  /** @param own address, which is registered */
  constructor(
    { resolver, random }: { readonly resolver: Resolver; readonly random: Random },
    server: string,
    version: IpVersion,
    own: Uint8Array,
  ) {
    this.#resolver = resolver;
    this.#random = random;
    this.server = server;
    this.#type = version === 4 ? DNS_TYPE.A : DNS_TYPE.AAAA;
    this.#own = own;
  }

  /** The addresses of the members that have registered a hash; nobody: an empty list. */
  lookup(hash: NameHash, done: Done<readonly Uint8Array[]>): void {
    this.#ask((id) => dnsQuery(id, nameOf(hash), this.#type, true), OK_OR_UNKNOWN, (outcome) => {
      done(outcome.ok ? success(addressesIn(outcome.value, this.#type)) : outcome);
    });
  }

  /** The zone in which the name of a hash is. */
  zone(hash: NameHash, done: Done<string>): void {
    const name = nameOf(hash);
    this.#ask((id) => dnsQuery(id, name, DNS_TYPE.SOA, false), OK_OR_UNKNOWN, (outcome) => {
      if (!outcome.ok) return done(outcome);
      const zone = zoneIn(outcome.value, name);
      if (zone !== undefined) return done(success(zone));
      const reason =
        "it does not say in which zone such names are; it must be authoritative for the root zone";
      done(failure(new IpcpError(this.#about(reason))));
    });
  }

  /** Registers the own address for a hash. */
  add(hash: NameHash, zone: string, done: Done): void {
    const record = { name: nameOf(hash), type: this.#type, ttl: TTL, data: this.#own };
    this.#ask((id) => dnsAdd(id, zone, record), OK, (outcome) => done(outcome.ok ? DONE : outcome));
  }

  /** Takes the own address for a hash back; those of other members stay. */
  remove(hash: NameHash, zone: string, done: Done): void {
    const record = { name: nameOf(hash), type: this.#type, data: this.#own };
    this.#ask((id) => dnsRemove(id, zone, record), OK, (outcome) => done(outcome.ok ? DONE : outcome));
  }

  #ask(make: (id: number) => DnsMessage, good: readonly number[], done: Done<DnsMessage>): void {
    const asked = make(this.#random.uint32() & 0xffff);
    this.#resolver.exchange(this.server, encodeDns(asked), (outcome) => {
      done(outcome.ok ? this.#read(outcome.value, asked, good) : outcome);
    });
  }

  #read(bytes: Uint8Array, asked: DnsMessage, good: readonly number[]): Outcome<DnsMessage> {
    let answer: DnsMessage;
    try {
      answer = decodeDns(bytes);
    } catch (thrown) {
      return failure(asOuroError(thrown));
    }
    if (!answersDns(answer, asked)) {
      return failure(new ProtocolError(this.#about("it answered something that was not asked")));
    }
    if (good.includes(dnsRcode(answer))) return success(answer);
    return failure(new IpcpError(this.#about(`it answered ${dnsRcodeName(answer)}`)));
  }

  #about(what: string): string {
    return `DNS server ${this.server}: ${what}`;
  }
}

const nameOf = (hash: NameHash): string => `${hash}.`;
