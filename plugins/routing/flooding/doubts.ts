/**
 * Withdrawals of a neighbour's adjacencies that somebody else tells of. Whoever is connected may say so, also a stranger; so the
 * neighbour is asked before they are believed. It is told what is said: if it is not true, it answers with a greater number.
 *
 * @module
 */
import { encodeLinkStateUpdate, type LinkStateUpdate } from "../link_state_update.ts";
import { DEADLINE, type Deadlines } from "../times.ts";
import type { Flooding, ManagementPeer } from "./flooding.ts";

/** Milliseconds that a neighbour has to contradict; and for a while after one did: somebody lies, and others may be far. */
const PATIENCE = 100;
const LONG_PATIENCE = 2000;
const WARY = 60_000;

interface Doubt {
  /** Who has said it. */
  readonly from: ManagementPeer;
  readonly update: LinkStateUpdate;
  readonly due: number;
}

/** What is not believed yet. */
export class Doubts {
  /** By slot of the database: as many at most as neighbours announce. */
  readonly #doubts = new Map<number, Doubt>();
  #waryUntil = -Infinity;

  /** @param believe takes an update that was not contradicted */
  constructor(
    private readonly flooding: Flooding,
    private readonly deadlines: Deadlines,
    private readonly believe: (from: ManagementPeer, update: LinkStateUpdate) => void,
  ) {}

  /**
   * Asks the member itself, if it is a neighbour, whether its adjacency is gone. Others may be connected under its address: the flow that
   * has been there longest is its own.
   *
   * @returns false when it is no neighbour, or has said so itself
   */
  ask(slot: number, from: ManagementPeer, update: LinkStateUpdate, now: number): boolean {
    const itself = this.flooding.peers.find(({ flow }) => flow.neighbour === update.source);
    if (itself === undefined || itself === from) return false;
    if (this.#doubts.has(slot)) return true;
    const due = now + (now < this.#waryUntil ? LONG_PATIENCE : PATIENCE);
    this.#doubts.set(slot, { from, update, due });
    this.deadlines.setEarlier(DEADLINE.doubt, due);
    itself.flow.send(encodeLinkStateUpdate(update));
    return true;
  }

  /** The member of an entry has contradicted. Returns whether there was anything to contradict. */
  contradicted(slot: number, now: number): boolean {
    if (!this.#doubts.delete(slot)) return false;
    this.#waryUntil = now + WARY;
    return true;
  }

  /** What was said of an entry does not matter any more. */
  forget(slot: number): void {
    this.#doubts.delete(slot);
  }

  /** Believes what was not contradicted in time. */
  look(now: number): void {
    for (const [slot, { from, update, due }] of this.#doubts) {
      if (due > now) {
        this.deadlines.setEarlier(DEADLINE.doubt, due);
        continue;
      }
      this.#doubts.delete(slot);
      this.believe(from, update);
    }
  }
}
