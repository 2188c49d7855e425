/**
 * The contacts of a node, in buckets by distance from its own id (Maymounkov and Mazières, "Kademlia", 2002). Bucket `i`
 * has the contacts that share exactly `i` leading bits with the own id: what splitting on demand leads to.
 *
 * @module
 */
import type { Address } from "../../../../core/contract/ids.ts";
import type { DhtContact } from "../dht_message.ts";
import { compareDistance, sameId, sharedBits } from "./xor.ts";

/** What is known of a contact: others mentioned it, it has sent us something, or it has answered us. */
export type Standing = 0 | 1 | 2;
/** Others mentioned it. */
export const MENTIONED = 0;
/** A message with this sender came, which anybody may have written. */
export const HEARD = 1;
/** It has answered a request with its cookie. */
export const ANSWERED = 2;

/** Another node. */
export interface Contact extends DhtContact {
  standing: Standing;
  /** When a message from it came last, in milliseconds of the clock; −∞: never. */
  seen: number;
  /** Requests in a row that it has not answered. */
  failures: number;
}

/** The contacts that share one number of bits with the own id. */
export interface Bucket {
  readonly shared: number;
  /** Least recently seen first. */
  readonly contacts: Contact[];
  /** Heard while the bucket was full; the last takes the place of one that does not answer. */
  readonly waiting: Contact[];
}

/** What {@link BucketTable.note} did. */
export interface Noted {
  /** The contact is in the table, and was not before, or only because others mentioned it. */
  readonly fresh?: Contact;
  /** The bucket is full: this one should be asked whether it is still there. */
  readonly probe?: Contact;
}

const MAX_WAITING = 3;
const NOTHING: Noted = {};

/** The contacts of one node. */
export class BucketTable {
  readonly #buckets: (Bucket | undefined)[] = [];
  readonly #byAddress = new Map<Address, Contact>();

  /** @param k contacts in a bucket */
  constructor(private readonly own: DhtContact, private readonly k: number) {}

  /** Returns how many contacts there are. */
  get size(): number {
    return this.#byAddress.size;
  }

  /** Returns the contact with an address. */
  get(address: Address): Contact | undefined {
    return this.#byAddress.get(address);
  }

  /** Returns all contacts, in the order in which they came. */
  contacts(): Iterable<Contact> {
    return this.#byAddress.values();
  }

  /** Returns the addresses of all contacts, and of those that wait to become one. */
  *addresses(): Generator<Address> {
    yield* this.#byAddress.keys();
    for (const bucket of this.#buckets) for (const { address } of bucket?.waiting ?? []) yield address;
  }

  /** Returns the buckets that have contacts, the farthest first. */
  *buckets(): Generator<Bucket> {
    for (const bucket of this.#buckets) if (bucket !== undefined && bucket.contacts.length > 0) yield bucket;
  }

  /** Returns the bucket of the contacts that share so many bits, if there is one. */
  bucket(shared: number): Bucket | undefined {
    return this.#buckets[shared];
  }

  /**
   * Notes that a node is there. One that has answered takes the place of what is known of its address or id; a mere
   * message never does, as anybody may have sent it.
   */
  note({ id, address }: DhtContact, standing: Standing, now: number): Noted {
    if (address === this.own.address || sameId(id, this.own.id)) return NOTHING;
    const known = this.#byAddress.get(address);
    if (known !== undefined) {
      if (sameId(known.id, id)) return this.#again(known, standing, now);
      if (standing !== ANSWERED && standing <= known.standing) return NOTHING;
      this.#remove(known);
    }
    const bucket = this.#bucketOf(id);
    const twin = bucket.contacts.find((other) => sameId(other.id, id));
    if (twin !== undefined) {
      if (standing !== ANSWERED) return NOTHING;
      this.#remove(twin);
    }
    const seen = standing === MENTIONED ? -Infinity : now;
    // Ids of messages are views that do not last.
    return this.#insert(bucket, { id: id.slice(), address, standing, seen, failures: 0 });
  }

  /** Counts a request to this address that was not answered. After two in a row, or when another contact waits, the contact goes. */
  failed(address: Address): void {
    const contact = this.#byAddress.get(address);
    if (contact === undefined) return;
    contact.failures++;
    const bucket = this.#buckets[sharedBits(this.own.id, contact.id)];
    const next = bucket?.waiting.pop();
    if (contact.failures > 1 || contact.standing === MENTIONED || next !== undefined) this.#remove(contact);
    if (bucket !== undefined && next !== undefined) this.#place(bucket, next);
  }

  /** Removes the contact with an address, if there is one, and whoever waits with it. */
  forget(address: Address): void {
    const contact = this.#byAddress.get(address);
    if (contact !== undefined) this.#remove(contact);
    this.#buckets.forEach((bucket) => {
      const at = bucket?.waiting.findIndex((other) => other.address === address) ?? -1;
      if (at >= 0) bucket?.waiting.splice(at, 1);
    });
  }

  /** Finds the contacts nearest to the key, nearest first, of those that `usable` admits. */
  closest(
    key: Uint8Array,
    count: number,
    usable: (contact: Contact) => boolean = () => true,
  ): Contact[] {
    const found: Contact[] = [];
    const take = (contacts: Contact[]) => {
      contacts.sort((a, b) => compareDistance(key, a.id, b.id));
      for (const contact of contacts) if (found.length < count) found.push(contact);
    };
    const of = (index: number) => this.#buckets[index]?.contacts.filter(usable) ?? [];
    const shared = sharedBits(this.own.id, key);
    // Those that share more bits with the key than we do; then those that share as many; then fewer and fewer.
    take(of(shared));
    if (found.length < count) {
      const nearer: Contact[] = [];
      for (let index = shared + 1; index < this.#buckets.length; index++) nearer.push(...of(index));
      take(nearer);
    }
    for (
      let index = Math.min(shared, this.#buckets.length) - 1;
      index >= 0 && found.length < count;
      index--
    ) {
      take(of(index));
    }
    return found;
  }

  #again(known: Contact, standing: Standing, now: number): Noted {
    if (standing === MENTIONED) return NOTHING;
    const fresh = known.standing === MENTIONED;
    if (standing === ANSWERED) known.failures = 0;
    if (standing > known.standing) known.standing = standing;
    known.seen = now;
    const contacts = this.#buckets[sharedBits(this.own.id, known.id)]?.contacts ?? [];
    contacts.splice(contacts.indexOf(known), 1);
    contacts.push(known);
    return fresh ? { fresh: known } : NOTHING;
  }

  #insert(bucket: Bucket, contact: Contact): Noted {
    const fresh = contact.standing === MENTIONED ? NOTHING : { fresh: contact };
    if (bucket.contacts.length < this.k) {
      this.#place(bucket, contact);
      return fresh;
    }
    if (contact.standing === MENTIONED) return NOTHING;
    const worse = bucket.contacts.find((other) => other.standing === MENTIONED || other.failures > 0);
    if (worse !== undefined) {
      this.#remove(worse);
      this.#place(bucket, contact);
      return fresh;
    }
    const waits = bucket.waiting.findIndex((other) => other.address === contact.address);
    if (waits >= 0) bucket.waiting.splice(waits, 1);
    else if (bucket.waiting.length === MAX_WAITING) bucket.waiting.shift();
    bucket.waiting.push(contact);
    return { probe: bucket.contacts[0] };
  }

  #place(bucket: Bucket, contact: Contact): void {
    if (this.#byAddress.has(contact.address)) return;
    bucket.contacts.push(contact);
    this.#byAddress.set(contact.address, contact);
  }

  #remove(contact: Contact): void {
    const contacts = this.#buckets[sharedBits(this.own.id, contact.id)]?.contacts ?? [];
    contacts.splice(contacts.indexOf(contact), 1);
    this.#byAddress.delete(contact.address);
  }

  #bucketOf(id: Uint8Array): Bucket {
    const shared = sharedBits(this.own.id, id);
    return this.#buckets[shared] ??= { shared, contacts: [], waiting: [] };
  }
}
