/**
 * What management flows need beyond flooding: the database once more for a peer that lost a part of it, and something to carry
 * before they fall silent: a neighbour that was restarted is noticed by what is sent to its old self, and a peer of release 0.23.0 stops
 * reading on all flows when an empty keep-alive comes on one.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Random } from "../../../core/contract/ports.ts";
import { encodeLinkStateUpdate, type LinkStateUpdate } from "../link_state_update.ts";
import type { Flooding, ManagementPeer } from "./flooding.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { between, DEADLINE, type Deadlines } from "../times.ts";

/** Milliseconds, least and most, before the database is sent again the first time, and the second time. */
const REPEAT_AFTER = [[1000, 2000], [3000, 5000]] as const;
/** Entries of a database that is sent again; of a larger one only the own entries are. */
const SMALL_DATABASE = 512;
/** Number of an update of the receiver's adjacency to the sender that is none: the sender asks for the database. */
const QUESTION = 0;
/** A shorter gap between two updates, in milliseconds, is none, since changes are said again later than that. */
const GAP = 4500;
/** A gap that is so many times as long as the longest one lately is an outage. */
const UNUSUAL = 3;
/** What is left of the longest gap after an update that came soon. */
const FORGETTING = 0.98;
/**
 * Milliseconds in which neither end says anything before this one does. Soon, since only who is sent something can tell that it does
 * not have the flow any more; rarely enough that a layer at rest, whose updates go around all the while, says hardly more for it.
 */
const SILENCE = 4000;
/** Milliseconds more in which the end with the greater address lets the other one speak: else both would, each time. */
const TURN = 300;
/** Milliseconds in which this end says nothing, whatever it hears: a quarter of those that end a flow, less a margin. */
const OWN_SILENCE = 25_000;

/** Looks after management flows. */
export class FlowUpkeep {
  /** Flows that get the database again, when, and how often they did. */
  readonly #repeats = new Map<ManagementPeer, { readonly due: number; readonly times: number }>();

  /** @param own the slots of the own entries */
  constructor(
    private readonly address: Address,
    private readonly lsdb: Lsdb,
    private readonly flooding: Flooding,
    private readonly own: () => Iterable<number>,
    private readonly random: Random,
    private readonly deadlines: Deadlines,
  ) {}

  /** Adds a management flow. */
  add(peer: ManagementPeer, now: number): void {
    this.#repeatLater(peer, now, 0);
    this.deadlines.setEarlier(DEADLINE.keepBusy, now + SILENCE);
  }

  /** Something was heard on a flow. After a gap that is not usual on it, both ends may have missed something. */
  heard(peer: ManagementPeer, now: number): void {
    const { lastHeard, longestGap } = peer;
    const gap = now - lastHeard;
    peer.lastHeard = now;
    peer.longestGap = Math.max(FORGETTING * longestGap, Math.min(gap, 2 * longestGap));
    if (gap <= Math.max(GAP, UNUSUAL * longestGap)) return;
    this.asked(peer, now);
    const { flow } = peer;
    // A member of the reference would take up an adjacency that it does not have.
    if (!this.lsdb.numbersMarked(flow.neighbour, this.address)) return;
    const question = { source: flow.neighbour, destination: this.address, sequence: QUESTION };
    flow.send(encodeLinkStateUpdate(question));
  }

  /** Returns whether a neighbour asks for the database with an update of an adjacency of this member. */
  asks({ flow }: ManagementPeer, { destination, sequence }: LinkStateUpdate): boolean {
    return sequence === QUESTION && destination === flow.neighbour;
  }

  /** A neighbour wants the database again. It gets it now and later, and as long as that is to come, it need not ask. */
  asked(peer: ManagementPeer, now: number): void {
    if (this.#repeats.has(peer)) return;
    this.#repeats.set(peer, { due: now, times: 0 });
    this.deadlines.setEarlier(DEADLINE.repeatTo, now);
  }

  /** Removes a management flow that is gone. */
  remove(peer: ManagementPeer): void {
    this.#repeats.delete(peer);
  }

  /** Sends the database again, where it is time. */
  sendAgain(now: number): void {
    for (const [peer, { due, times }] of this.#repeats) {
      if (due > now) {
        this.deadlines.setEarlier(DEADLINE.repeatTo, due);
        continue;
      }
      if (this.lsdb.size <= SMALL_DATABASE) this.flooding.oweAll(peer, now);
      else for (const slot of this.own()) this.flooding.oweTo(peer, slot, now);
      this.#repeatLater(peer, now, times + 1);
    }
  }

  #repeatLater(peer: ManagementPeer, now: number, times: number): void {
    if (times === REPEAT_AFTER.length) return void this.#repeats.delete(peer);
    const due = now + between(REPEAT_AFTER[times], this.random);
    this.#repeats.set(peer, { due, times });
    this.deadlines.setEarlier(DEADLINE.repeatTo, due);
  }

  /** Sends something on flows that are silent. */
  keepBusy(now: number): void {
    for (const peer of this.flooding.peers) {
      const { flow, lastSent, lastHeard } = peer;
      const silent = Math.max(lastSent, lastHeard) + (flow.neighbour < this.address ? TURN : 0);
      const due = Math.min(lastSent + OWN_SILENCE, silent + SILENCE);
      this.deadlines.setEarlier(DEADLINE.keepBusy, due > now ? due : now + SILENCE);
      const slot = due > now ? -1 : this.#anySlot(now);
      if (slot >= 0) this.flooding.oweTo(peer, slot, now);
    }
  }

  /** Picks an own entry, else the one that was heard of last: an older one might be dead. */
  #anySlot(now: number): number {
    for (const slot of this.own()) return slot;
    let youngest = -1, least = Infinity;
    for (let slot = 0; slot < this.lsdb.bound; slot++) {
      const age = this.lsdb.used(slot) ? this.lsdb.age(slot, now) : Infinity;
      if (age < least) [youngest, least] = [slot, age];
    }
    return youngest;
  }
}
