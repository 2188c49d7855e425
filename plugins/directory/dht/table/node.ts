/**
 * The state that all parts of a node share: its id, its contacts, and how it sends.
 *
 * @module
 */
import type { DhtOptions } from "../../declaration.ts";
import type { DirectoryContext } from "../../../../core/contract/policies/directory.ts";
import type { Address } from "../../../../core/contract/ids.ts";
import type { Log } from "../../../../core/contract/ports.ts";
import { type DhtContact, type DhtMessage, encodeDht } from "../dht_message.ts";
import { TimerGroup } from "../../../../core/kit/timer_group.ts";
import { BucketTable, type Contact, MENTIONED, type Standing } from "./bucket_table.ts";
import { Counters } from "../counters.ts";
import { type Parameters, parametersOf, SMALL_LAYER } from "../parameters.ts";

/** One node of the hash table. */
export class Node {
  readonly context: DirectoryContext<DhtOptions>;
  readonly parameters: Parameters;
  readonly self: DhtContact;
  readonly log: Log;
  readonly timers: TimerGroup;
  readonly counters = new Counters();
  readonly table: BucketTable;
  /** Called for each contact that is new, not counting those that others only mention. */
  onFresh: (contact: Contact) => void = () => {};
  /** Says whether there is known to be no way to a member. */
  isGone: (member: Address) => boolean = () => false;
  /** Called when there is one contact more. */
  onMore: () => void = () => {};
  /** Called when a node has answered, after the answer was given to its question. */
  onAnswer: () => void = () => {};
  /** Called when a contact should be asked whether it is still there. */
  onDoubt: (contact: Contact) => void = () => {};

  /** Draws the id of the node. */
  constructor(context: DirectoryContext<DhtOptions>) {
    this.context = context;
    this.parameters = parametersOf(context.options);
    this.self = { id: context.random.bytes(context.hashLength), address: context.own };
    this.log = context.log.component("dht");
    this.timers = new TimerGroup(context.clock, context.timers);
    this.table = new BucketTable(this.self, this.parameters.k);
  }

  /** Returns the milliseconds of the clock. */
  get now(): number {
    return this.context.clock.now();
  }

  /** Returns the seconds since 1970, the unit of expiries on the wire. */
  get seconds(): number {
    return Math.floor(this.context.clock.wall() / 1000);
  }

  /** Sends a message. Returns false when there is no way to that member yet. */
  send(to: Address, message: DhtMessage): boolean {
    const bytes = encodeDht(message);
    const sent = this.context.send(to, bytes);
    if (sent) this.counters.sent(message.type, bytes.length);
    else this.counters.drop("noRoute");
    return sent;
  }

  /** Has another node hold an address for a key. Returns false when there is no way to that node yet. */
  store(to: Address, key: Uint8Array, value: Uint8Array, expiry: number): boolean {
    return this.send(to, { type: "store", source: this.self, key, value, expiry });
  }

  /** Notes that a node is there. */
  note(contact: DhtContact, standing: Standing): void {
    if (standing === MENTIONED && this.isGone(contact.address)) return;
    const before = this.table.size;
    const { fresh, probe } = this.table.note(contact, standing, this.now);
    if (this.table.size > before) this.onMore();
    if (fresh !== undefined) this.onFresh(fresh);
    if (probe !== undefined) this.onDoubt(probe);
  }

  /** Lists all other members that routing knows, when they are few; returns undefined when there are more. */
  fewMembers(): readonly Address[] | undefined {
    const members: Address[] = [];
    for (const member of this.context.members()) {
      if (members.length === SMALL_LAYER) return undefined;
      members.push(member);
    }
    return members;
  }

  /** Lists all other members of a small layer; returns undefined when there are more, or contacts that routing does not know. */
  smallLayer(): readonly Address[] | undefined {
    if (this.table.size > SMALL_LAYER) return undefined;
    const members = this.fewMembers();
    for (const { address, failures } of this.table.contacts()) {
      if (failures === 0 && !members?.includes(address)) return undefined;
    }
    return members;
  }

  /** Draws a whole number of 0 … `bound` − 1. */
  below(bound: number): number {
    return Math.floor(this.context.random.uint32() / 0x1_0000_0000 * bound);
  }

  /** Shortens a time by up to a fifth, at random, so that nodes do not act all at once. */
  jittered(time: number): number {
    return time * (1 - this.context.random.uint32() / 0x1_0000_0000 / 5);
  }

  /** Draws a number that is not 0, as requests carry. */
  cookie(): bigint {
    const { random } = this.context;
    return (BigInt(random.uint32()) << 32n) | BigInt(random.uint32()) || 1n;
  }
}
