/**
 * Flooding: every neighbour is owed the entries that it has not sent itself. What is owed is one bit for each neighbour and
 * entry, so that a change that comes while an entry waits costs no second message, a whole database is owed as easily as one
 * update, and what a flow cannot take stays owed. Forwards wait a little: a neighbour that sends the same meanwhile has it. What is said
 * again is said until the neighbour has sent it, too, which acknowledges it.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Random } from "../../../core/contract/ports.ts";
import type { ManagementFlow } from "../../../core/contract/policies/routing.ts";
import type { Counters } from "../counters.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { SlotStates } from "./slot_states.ts";
import { GREETING, MOST_TOGETHER, PackRoom } from "./packs.ts";
import { between, DEADLINE, type Deadlines } from "../times.ts";

/** Milliseconds, least and most, that news and mere refreshes wait before they are forwarded. */
const NEWS_HOLD = [2, 8] as const;
const REFRESH_HOLD = [20, 60] as const;
/** Milliseconds, least and most, before the first update on a flow. */
const OPENS_AFTER = [100, 250] as const;
/** What is written is copied by the flow before it is written again, by whomever: members need not each have a room. */
const room = new PackRoom();
/** Updates in a row on one flow, and milliseconds before the next ones: a peer queues 1024 and may be slow. */
const BURST = 128;
const PACE = 10;
/** Milliseconds before a flow that could not take an update is tried again. */
const RETRY = 100;

/** A management flow, with what its neighbour is owed. */
export class ManagementPeer {
  readonly flow: ManagementFlow;
  /** The neighbour's address, with a sign. */
  readonly to: number;
  /**
   * Of the slots of the database: which entries are to be sent (a slot that is free by then is passed over), which ones, as they are
   * now, the neighbour has sent itself, so that it has them, and which it was sent, so that it may know that this member has them.
   */
  readonly slots = new SlotStates();
  /** Nothing is sent before. A peer may lose what comes before it has begun to listen. */
  readonly opens: number;
  /** The slot of what it sends next, probably. */
  expected = 0;
  /** Where the next burst begins. */
  cursor = 0;
  /** When the last update was sent. */
  lastSent: number;
  /** When the last message came. */
  lastHeard: number;
  /** The longest time between two messages lately, in milliseconds: at first, that of a layer of two. */
  longestGap = 16_000;
  /** It takes updates that go together, and the path carries them. */
  takesPacks = false;
  /** It was not greeted since it was last owed the database. */
  ungreeted = true;
  /** A message that does not parse came, and was logged. */
  warned = false;

  constructor(flow: ManagementFlow, now: number, opens: number) {
    this.flow = flow;
    this.to = flow.neighbour | 0;
    this.opens = opens;
    this.lastSent = this.lastHeard = now;
  }

  /** Returns the next slot that is owed, from the cursor on and around; −1 when nothing is owed. */
  next(): number {
    const slot = this.slots.next(this.cursor);
    return slot >= 0 || this.cursor === 0 ? slot : this.slots.next(this.cursor = 0);
  }
}

/** Sends entries of the database to neighbours. */
export class Flooding {
  readonly #peers: ManagementPeer[] = [];
  readonly #byFlow = new Map<ManagementFlow, ManagementPeer>();
  /** The one that was looked for last: messages come in bursts. */
  #last: ManagementPeer | undefined;
  /** Slots of what is written for one packet. */
  readonly #slots = new Int32Array(MOST_TOGETHER);

  constructor(
    private readonly lsdb: Lsdb,
    private readonly random: Random,
    private readonly deadlines: Deadlines,
    private readonly counters: Counters,
    /** Entries that were not heard of for so many milliseconds are probably dead, and not told to new neighbours. */
    private readonly oldest: number,
    private readonly own: Address,
  ) {}

  get peers(): readonly ManagementPeer[] {
    return this.#peers;
  }

  peer(flow: ManagementFlow): ManagementPeer | undefined {
    if (this.#last?.flow !== flow) this.#last = this.#byFlow.get(flow);
    return this.#last;
  }

  /** Adds a management flow, whose neighbour is owed the database. */
  add(flow: ManagementFlow, now: number): ManagementPeer {
    const opens = now + between(OPENS_AFTER, this.random);
    const peer = new ManagementPeer(flow, now, opens);
    this.#peers.push(peer);
    this.#byFlow.set(flow, peer);
    this.oweAll(peer, now);
    return peer;
  }

  /** Owes the database to one neighbour, but for what both ends have said. */
  oweAll(peer: ManagementPeer, now: number): void {
    for (let slot = 0; slot < this.lsdb.bound; slot++) {
      if (!this.lsdb.used(slot)) continue;
      // Whether an old one of its own is dead, the neighbour knows best: it withdraws it then.
      const its = this.lsdb.source(slot) === peer.flow.neighbour;
      if (its || this.lsdb.age(slot, now) <= this.oldest) peer.slots.oweAgain(slot);
    }
    peer.ungreeted = !peer.takesPacks;
    this.deadlines.setEarlier(DEADLINE.flood, Math.max(now, peer.opens));
  }

  /** Removes a management flow that is gone. */
  remove(peer: ManagementPeer): void {
    this.#peers.splice(this.#peers.indexOf(peer), 1);
    this.#byFlow.delete(peer.flow);
    this.#last = undefined;
  }

  /**
   * Owes an entry that is new, or was heard of again, to all neighbours.
   *
   * @param from the peer that sent it, whose neighbour has it; undefined: it is the own one
   * @param news more than a refresh that others can wait for
   */
  owe(slot: number, from: ManagementPeer | undefined, now: number, news: boolean): void {
    // No address is 0.
    const has = from === undefined ? 0 : from.to;
    for (const peer of this.#peers) {
      if (peer.to === has) peer.slots.settled(slot, peer === from);
      else peer.slots.news(slot);
    }
    this.#sendWithin(news ? NEWS_HOLD : REFRESH_HOLD, now);
  }

  /** Owes an entry that has not changed to all neighbours that have not sent it, or were not sent it. */
  oweAgain(slot: number, now: number): void {
    // Each end has sent it to the other one: the neighbour has it for certain, and may know the same of this member.
    for (const peer of this.#peers) peer.slots.oweAgain(slot);
    this.#sendWithin(REFRESH_HOLD, now);
  }

  /** An entry is not any more what neighbours have sent and were sent. */
  changed(slot: number): void {
    for (const { slots } of this.#peers) slots.changed(slot);
  }

  /** Owes an entry to one neighbour, again perhaps. */
  oweTo(peer: ManagementPeer, slot: number, now: number): void {
    peer.slots.owe(slot);
    this.deadlines.setEarlier(DEADLINE.flood, now);
  }

  /** Owes an entry no more to a neighbour that has just sent it. */
  has(peer: ManagementPeer, slot: number): void {
    peer.slots.has(slot);
  }

  /** Sends what is owed, to those whose flows have had time to open. */
  send(now: number): void {
    for (const peer of [...this.#peers]) {
      if (peer.opens > now) this.deadlines.setEarlier(DEADLINE.flood, peer.opens);
      else this.#sendTo(peer, now);
    }
  }

  #sendTo(peer: ManagementPeer, now: number): void {
    if (peer.ungreeted) this.#greet(peer);
    for (let left = BURST; left > 0;) {
      const count = this.#take(peer, peer.takesPacks ? Math.min(left, MOST_TOGETHER) : 1);
      if (count === 0) return;
      if (!this.#deliver(peer, count, now)) return this.deadlines.setEarlier(DEADLINE.flood, now + RETRY);
      left -= count;
    }
    if (peer.next() >= 0) this.deadlines.setEarlier(DEADLINE.flood, now + PACE);
  }

  /** Greets a neighbour that is known to be one of this implementation. */
  #greet(peer: ManagementPeer): void {
    if (!this.lsdb.numbersMarked(peer.flow.neighbour, this.own)) return;
    peer.flow.send(GREETING);
    peer.ungreeted = false;
  }

  /** Writes updates that a neighbour is owed, and owes them no more. @returns how many: `most`, or all */
  #take(peer: ManagementPeer, most: number): number {
    let count = 0;
    while (count < most) {
      const slot = peer.next();
      if (slot < 0) break;
      peer.slots.pay(slot);
      peer.cursor = slot + 1;
      if (!this.lsdb.used(slot)) continue;
      this.lsdb.write(slot, room.part(count));
      this.#slots[count++] = slot;
    }
    return count;
  }

  /** Sends what was written, or at least the first update of it. @returns whether something was sent; what was not is owed again */
  #deliver(peer: ManagementPeer, count: number, now: number): boolean {
    let sent = peer.flow.send(room.packet(count)) ? count : 0;
    if (sent === 0 && count > 1 && peer.flow.send(room.packet(1))) {
      peer.takesPacks = false; // The path does not carry them any more.
      sent = 1;
    }
    for (let at = 0; at < count; at++) {
      if (at < sent) peer.slots.tell(this.#slots[at]);
      else peer.slots.owe(this.#slots[at]);
    }
    if (sent < count) this.counters.refused++;
    if (sent > 0) peer.lastSent = now;
    this.counters.sent += sent;
    return sent > 0;
  }

  #sendWithin(hold: readonly [number, number], now: number): void {
    // Most updates come while others wait already, and go with them.
    if (this.deadlines.time(DEADLINE.flood) <= now + hold[1]) return;
    this.deadlines.setEarlier(DEADLINE.flood, now + between(hold, this.random));
  }
}
