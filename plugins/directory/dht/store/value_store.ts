/**
 * The values that a node holds for others. Memory is bounded: per key, and in all; who takes most gives way first.
 *
 * @module
 */
import type { Address, NameHash } from "../../../../core/contract/ids.ts";
import type { DropReason } from "../counters.ts";

/** A value held for another node. */
export interface Held {
  readonly hash: NameHash;
  /** Where the name is registered. */
  readonly value: Address;
  /** Who stored it first. */
  readonly sender: Address;
  /** When it expires, in seconds since 1970. */
  expiry: number;
  /** When it was stored, or copied by us, last: milliseconds of the clock. */
  stored: number;
  /** The owner itself has stored it. */
  claimed: boolean;
}

/** A STORE, checked. */
export interface Offer {
  readonly hash: NameHash;
  readonly value: Address;
  readonly sender: Address;
  /** Seconds since 1970. */
  readonly expiry: number;
}

/** The values of one node. */
export class ValueStore {
  readonly #keys = new Map<NameHash, Held[]>();
  readonly #bySender = new Map<Address, Set<Held>>();
  #size = 0;

  /**
   * @param max values in all
   * @param maxOfKey values of one key
   */
  constructor(private readonly max: number, private readonly maxOfKey: number) {}

  /** Returns how many values are held. */
  get size(): number {
    return this.#size;
  }

  /** Returns how many keys have values. */
  get keys(): number {
    return this.#keys.size;
  }

  /** Returns all values, key by key. */
  entries(): Iterable<readonly [NameHash, readonly Held[]]> {
    return this.#keys;
  }

  /**
   * Holds a value, or holds it longer.
   *
   * @param seconds now, since 1970
   * @param now milliseconds of the clock
   * @returns why it is refused
   */
  put({ hash, value, sender, expiry }: Offer, seconds: number, now: number): DropReason | undefined {
    if (expiry < seconds) return "expired";
    const values = this.#keys.get(hash) ?? [];
    const claimed = sender === value;
    const known = values.find((held) => held.value === value);
    if (known !== undefined) {
      known.expiry = Math.max(known.expiry, expiry);
      known.stored = now;
      known.claimed ||= claimed;
      return undefined;
    }
    if (values.length >= this.maxOfKey) {
      const worst = values.find((held) => held.expiry < seconds) ??
        (claimed ? values.find((held) => !held.claimed) : undefined);
      if (worst === undefined) return "keyFull";
      this.#remove(worst);
    } else if (this.#size >= this.max && !this.#makeRoom(sender)) return "storeFull";
    this.#add({ hash, value, sender, expiry, stored: now, claimed });
    return undefined;
  }

  /** Returns the values of a key that have not expired: first those that their owners stored, then those that live longest. */
  get(hash: NameHash, seconds: number): Held[] {
    return (this.#keys.get(hash) ?? []).filter(({ expiry }) => expiry >= seconds)
      .sort((a, b) => Number(b.claimed) - Number(a.claimed) || b.expiry - a.expiry);
  }

  /** Returns the addresses that values name, each as often as it is named. */
  *owners(): Generator<Address> {
    for (const values of this.#keys.values()) for (const { value } of values) yield value;
  }

  /** Removes what has expired. */
  purge(seconds: number): void {
    this.#removeAll(({ expiry }) => expiry < seconds);
  }

  /** Removes the values that name an address. */
  forget(address: Address): void {
    this.#removeAll(({ value }) => value === address);
  }

  #removeAll(which: (held: Held) => boolean): void {
    for (const values of this.#keys.values()) for (const held of values.filter(which)) this.#remove(held);
  }

  #add(held: Held): void {
    const values = this.#keys.get(held.hash);
    if (values === undefined) this.#keys.set(held.hash, [held]);
    else values.push(held);
    const sent = this.#bySender.get(held.sender);
    if (sent === undefined) this.#bySender.set(held.sender, new Set([held]));
    else sent.add(held);
    this.#size++;
  }

  #remove(held: Held): void {
    const values = this.#keys.get(held.hash) ?? [];
    values.splice(values.indexOf(held), 1);
    if (values.length === 0) this.#keys.delete(held.hash);
    const sent = this.#bySender.get(held.sender);
    sent?.delete(held);
    if (sent?.size === 0) this.#bySender.delete(held.sender);
    this.#size--;
  }

  /** Takes the oldest value from the sender that has most, in favour of a sender that has fewer. */
  #makeRoom(sender: Address): boolean {
    const own = this.#bySender.get(sender)?.size ?? 0;
    let most: Set<Held> | undefined;
    for (const sent of this.#bySender.values()) if (sent.size > (most?.size ?? own + 1)) most = sent;
    for (const oldest of most ?? []) {
      this.#remove(oldest);
      return true;
    }
    return false;
  }
}
