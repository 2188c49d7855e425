/**
 * Flooding: every neighbour is owed the entries that it has not sent itself. What is owed is one bit for each neighbour and
 * entry, so that a change that comes while an entry waits costs no second message, a whole database is owed as easily as one
 * update, and what a flow cannot take stays owed. Forwards wait a little: a neighbour that sends the same meanwhile has it.
 *
 * @module
 */
import { LINK_STATE_UPDATE_BYTES } from "../link_state_update.ts";
import type { Random } from "../../../core/contract/ports.ts";
import type { ManagementFlow } from "../../../core/contract/policies/routing.ts";
import type { Counters } from "../counters.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { BitSet } from "../bit_set.ts";
import { between, DEADLINE, type Deadlines } from "../times.ts";

/** Milliseconds, least and most, that news and mere refreshes wait before they are forwarded. */
const NEWS_HOLD = [2, 8] as const;
const REFRESH_HOLD = [20, 60] as const;
/** Milliseconds, least and most, before the first update on a flow. */
const OPENS_AFTER = [100, 250] as const;
/** Updates in a row on one flow, and milliseconds before the next ones: a peer queues 1024 and may be slow. */
const BURST = 128;
const PACE = 10;
/** Milliseconds before a flow that could not take an update is tried again. */
const RETRY = 100;

/** A management flow, with what its neighbour is owed. */
export class ManagementPeer {
  readonly flow: ManagementFlow;
  /** Slots of the database whose entries are to be sent; a slot that is free by then is passed over. */
  readonly owed = new BitSet();
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
  /** A message that does not parse came, and was logged. */
  warned = false;

  constructor(flow: ManagementFlow, now: number, opens: number) {
    this.flow = flow;
    this.opens = opens;
    this.lastSent = this.lastHeard = now;
  }

  /** Returns the next slot that is owed, from the cursor on and around; −1 when nothing is owed. */
  next(): number {
    const slot = this.owed.next(this.cursor);
    return slot >= 0 || this.cursor === 0 ? slot : this.owed.next(this.cursor = 0);
  }
}

/** Sends entries of the database to neighbours. */
export class Flooding {
  readonly #peers: ManagementPeer[] = [];
  readonly #byFlow = new Map<ManagementFlow, ManagementPeer>();
  /** The one that was looked for last: messages come in bursts. */
  #last: ManagementPeer | undefined;
  readonly #message = new Uint8Array(LINK_STATE_UPDATE_BYTES);

  constructor(
    private readonly lsdb: Lsdb,
    private readonly random: Random,
    private readonly deadlines: Deadlines,
    private readonly counters: Counters,
    /** Entries that were not heard of for so many milliseconds are probably dead, and not told to new neighbours. */
    private readonly oldest: number,
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

  /** Owes the database to one neighbour, again perhaps. */
  oweAll(peer: ManagementPeer, now: number): void {
    for (let slot = 0; slot < this.lsdb.bound; slot++) {
      if (!this.lsdb.used(slot)) continue;
      // Whether an old one of its own is dead, the neighbour knows best: it withdraws it then.
      const its = this.lsdb.source(slot) === peer.flow.neighbour;
      if (its || this.lsdb.age(slot, now) <= this.oldest) peer.owed.add(slot);
    }
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
    const has = from?.flow.neighbour;
    for (const peer of this.#peers) {
      if (has !== undefined && peer.flow.neighbour === has) peer.owed.delete(slot);
      else peer.owed.add(slot);
    }
    const hold = news ? NEWS_HOLD : REFRESH_HOLD;
    // Most updates come while others wait already, and go with them.
    if (this.deadlines.time(DEADLINE.flood) > now + hold[1]) {
      this.deadlines.setEarlier(DEADLINE.flood, now + between(hold, this.random));
    }
  }

  /** Owes an entry to one neighbour, again perhaps. */
  oweTo(peer: ManagementPeer, slot: number, now: number): void {
    peer.owed.add(slot);
    this.deadlines.setEarlier(DEADLINE.flood, now);
  }

  /** Owes an entry no more to a neighbour that has just sent it. */
  has(peer: ManagementPeer, slot: number): void {
    peer.owed.delete(slot);
  }

  /** Sends what is owed, to those whose flows have had time to open. */
  send(now: number): void {
    for (const peer of [...this.#peers]) {
      if (peer.opens > now) this.deadlines.setEarlier(DEADLINE.flood, peer.opens);
      else this.#sendTo(peer, now);
    }
  }

  #sendTo(peer: ManagementPeer, now: number): void {
    for (let left = BURST;;) {
      const slot = peer.next();
      if (slot < 0) return;
      if (left === 0) return this.deadlines.setEarlier(DEADLINE.flood, now + PACE);
      if (this.lsdb.used(slot)) {
        this.lsdb.write(slot, this.#message);
        if (!peer.flow.send(this.#message)) {
          this.counters.refused++;
          return this.deadlines.setEarlier(DEADLINE.flood, now + RETRY);
        }
        this.counters.sent++;
        peer.lastSent = now;
        left--;
      }
      peer.owed.delete(slot);
      peer.cursor = slot + 1;
    }
  }
}
