/**
 * The own registrations: stored at the nodes nearest to the hash (in a small layer at all members), again well before
 * they expire, and at nodes that come to be among the nearest.
 *
 * @module
 */
import { type Address, type NameHash, nameHash } from "../../../../core/contract/ids.ts";
import { addressOfDhtValue, type DhtContact, dhtValue } from "../dht_message.ts";
import type { Contact } from "../table/bucket_table.ts";
import type { BackgroundLookups } from "../background_lookups.ts";
import { Lookup } from "../lookup/lookup.ts";
import type { Node } from "../table/node.ts";
import type { MessagePacer } from "../message_pacer.ts";
import { CONFIRM } from "../parameters.ts";
import type { Reply, Requests } from "../lookup/requests.ts";
import { compareDistance } from "../table/xor.ts";

/** A name that is registered here. */
export interface Registration {
  readonly hash: NameHash;
  readonly key: Uint8Array;
  /** When it is published next, in milliseconds of the clock. */
  due: number;
  /** What others were told last: seconds since 1970; 0: nothing yet. */
  expiry: number;
  /** It was stored at all members rather than at those nearest. */
  wide: boolean;
  publishing: boolean;
  /** Members to which there was no way. */
  missed: readonly Address[];
}

/** How often within the life of an entry it is published at least. */
const PER_LIFE = 2;
/** Intervals of replication between publications: meanwhile the nodes that hold an entry copy it to each other. */
const REPLICATIONS = 4;

/** The registrations of one node. */
export class Publisher {
  readonly #value: Uint8Array;
  readonly #registrations = new Map<NameHash, Registration>();

  constructor(
    private readonly node: Node,
    private readonly requests: Requests,
    private readonly pacer: MessagePacer,
    private readonly lookups: BackgroundLookups,
  ) {
    this.#value = dhtValue(node.self.address);
  }

  /** Returns the registrations, oldest first. */
  get registrations(): ReadonlyMap<NameHash, Registration> {
    return this.#registrations;
  }

  /** Returns whether members were missed, or an entry must be stored otherwise since the layer has grown. */
  get behind(): boolean {
    const grown = this.#grown();
    for (const { missed, wide } of this.#registrations.values()) {
      if (missed.length > 0 || (wide && grown)) return true;
    }
    return false;
  }

  /** Registers a hash and publishes it; `published` is called when that is done, perhaps at once. */
  add(key: Uint8Array, published: () => void): void {
    const hash = nameHash(key.toHex());
    if (this.#registrations.has(hash)) return published();
    const made: Registration = {
      hash,
      key,
      due: 0,
      expiry: 0,
      wide: false,
      publishing: false,
      missed: [],
    };
    this.#registrations.set(hash, made);
    this.#publish(made, published);
  }

  /** Publishes no more. What others hold lives on until it expires: no message shortens it. */
  remove(hash: NameHash): void {
    this.#registrations.delete(hash);
  }

  /** Publishes what is due. */
  publishDue(): void {
    for (const registration of this.#registrations.values()) {
      if (registration.due <= this.node.now) this.#publish(registration);
    }
  }

  /** Makes up for what could not be done before: members without a way, a layer that was small. */
  catchUp(): void {
    const grown = this.#grown();
    const members = this.node.fewMembers();
    for (const registration of this.#registrations.values()) {
      const { missed, wide, publishing } = registration;
      if (publishing) continue;
      if (wide && grown) this.#publish(registration);
      else if (missed.length > 0) {
        registration.missed = [];
        this.pacer.add(this.#storeAt(registration, missed.filter((one) => members?.includes(one) ?? false)));
      }
    }
  }

  /** Gives a new node the entries that it should have. */
  welcome(contact: Contact): void {
    if (this.#registrations.size > 0) this.pacer.add(this.#offer(contact));
  }

  *#offer(contact: Contact): Generator<void> {
    const { table, parameters } = this.node;
    const small = this.node.smallLayer() !== undefined;
    for (const registration of this.#registrations.values()) {
      const { key, expiry, publishing } = registration;
      if (publishing && !small) continue; // The lookup finds the new node by itself.
      const nearest = table.closest(key, parameters.k);
      const last = nearest.at(-1);
      if (small || last === undefined || compareDistance(key, contact.id, last.id) <= 0) {
        this.#store(registration, contact.address, expiry || this.#freshExpiry());
        yield;
      }
    }
  }

  #publish(registration: Registration, published?: () => void): void {
    const { parameters } = this.node;
    const life = Math.min(parameters.expire * 1000 / PER_LIFE, parameters.replicate * REPLICATIONS);
    registration.due = this.node.now + this.node.jittered(life);
    registration.expiry = this.#freshExpiry();
    const small = this.node.smallLayer();
    registration.wide = small !== undefined;
    registration.missed = [];
    if (small !== undefined) {
      if (this.pacer.add(this.#storeAt(registration, small, published))) return;
      registration.due = this.node.now;
      return published?.();
    }
    registration.publishing = true;
    const queued = this.lookups.add((over) => {
      const ended = () => {
        registration.publishing = false;
        if (this.#registrations.get(registration.hash) === registration) {
          const { expiry } = registration;
          const nodes = lookup.found(parameters.k);
          for (const { address } of nodes) this.#store(registration, address, expiry);
          if (published) {
            this.#confirm(registration, nodes.slice(0, CONFIRM.nodes), CONFIRM.rounds, published);
          }
        } else published?.();
        over();
      };
      const lookup = new Lookup(this.node, this.requests, {
        key: registration.key,
        type: "findNode",
        ended,
      });
      lookup.go();
    });
    if (queued) return;
    registration.publishing = false;
    registration.due = this.node.now;
    published?.();
  }

  /** Asks nodes whether they have an entry, and stores it again at those that do not: what is sent to them may get lost. */
  #confirm(registration: Registration, nodes: readonly DhtContact[], rounds: number, done: () => void): void {
    const lacking = new Set(nodes);
    let open = nodes.length;
    const over = () => {
      if (--open > 0) return;
      if (lacking.size === 0 || rounds === 0) return done();
      for (const { address } of lacking) this.#store(registration, address, registration.expiry);
      this.#confirm(registration, [...lacking], rounds - 1, done);
    };
    const { key } = registration;
    for (const node of nodes) {
      let waiting = true;
      const heard = () => {
        if (waiting) over();
        waiting = false;
      };
      const answered = (reply: Reply) => {
        const values = reply.type === "findValueReply" ? reply.values.map(addressOfDhtValue) : [];
        if (values.includes(this.node.self.address)) lacking.delete(node);
        heard();
      };
      const asked = this.requests.ask({ to: node.address, type: "findValue", key, answered, failed: heard });
      if (!asked) heard();
    }
    if (nodes.length === 0) done();
  }

  *#storeAt(registration: Registration, targets: Iterable<Address>, stored = () => {}): Generator<void> {
    for (const to of targets) {
      if (this.#registrations.get(registration.hash) !== registration) break;
      if (!this.#store(registration, to, registration.expiry)) {
        registration.missed = [...registration.missed, to];
      }
      yield;
    }
    stored();
  }

  #store({ key }: Registration, to: Address, expiry: number): boolean {
    return this.node.store(to, key, this.#value, expiry);
  }

  /** Returns whether the layer is larger than one where all members are told. */
  #grown(): boolean {
    const members = this.node.fewMembers();
    return members === undefined || (members.length === 0 && this.node.table.size > 0);
  }

  #freshExpiry(): number {
    return this.node.seconds + this.node.parameters.expire;
  }
}
