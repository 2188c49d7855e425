/**
 * Changes are said again by all that have them, as management flows lose messages: to neighbours that have not sent the same, which
 * acknowledges it, and to those that were not sent it. An adjacency that is there is refreshed soon anyway, so twice is enough; one that is
 * gone is said to be so until it ages out: nobody else would say it to a neighbour that missed it, and the reference acknowledges nothing.
 *
 * @module
 */
import type { Random } from "../../../core/contract/ports.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { between, DEADLINE, type Deadlines } from "../times.ts";
import type { Flooding } from "./flooding.ts";

/** Milliseconds, least and most, before a change is said again the first time, and each further time. */
const FIRST = [1000, 2000] as const;
const AGAIN = [3000, 5000] as const;
/** Milliseconds by which one may be early, so as to go with others: many changes come together. */
const EARLY = 100;
/** How often an adjacency that is there is said again. */
const TIMES = 2;
/** Others' new entries that are said again at a time: in a large layer that comes up all are new, and refreshes are enough. */
const MOST_NEW = 128;

interface Repeat {
  readonly due: number;
  /** How often it is still said, if it is there. */
  readonly left: number;
}

/** Entries that have changed. */
export class ChangeRepeats {
  /** Slots, and when they are sent again. */
  readonly #due = new Map<number, Repeat>();

  constructor(
    private readonly lsdb: Lsdb,
    private readonly flooding: Flooding,
    private readonly random: Random,
    private readonly deadlines: Deadlines,
  ) {}

  /** An entry has changed, which neighbours were told. */
  changed(slot: number, now: number): void {
    this.#plan(slot, now + between(FIRST, this.random), TIMES);
  }

  /** Another one's entry is new. */
  added(slot: number, now: number): void {
    if (this.#due.size < MOST_NEW) this.changed(slot, now);
  }

  /** Returns whether an entry is going to be said again. */
  has(slot: number): boolean {
    return this.#due.has(slot);
  }

  /** An entry is not there any more. */
  forget(slot: number): void {
    this.#due.delete(slot);
  }

  /** Sends again what it is time for. Who has it does not forward it. */
  send(now: number): void {
    for (const [slot, { due, left }] of this.#due) {
      if (due > now + EARLY) {
        this.deadlines.setEarlier(DEADLINE.repeat, due);
        continue;
      }
      this.flooding.oweAgain(slot, now);
      if (this.#matters(slot, left - 1)) this.#plan(slot, now + between(AGAIN, this.random), left - 1);
      else this.#due.delete(slot);
    }
  }

  /** Whoever missed it may use the adjacency still. */
  #matters(slot: number, left: number): boolean {
    if (this.lsdb.announced(slot)) return left > 0;
    return this.lsdb.find(this.lsdb.destination(slot), this.lsdb.source(slot)) >= 0;
  }

  #plan(slot: number, due: number, left: number): void {
    this.#due.set(slot, { due, left });
    this.deadlines.setEarlier(DEADLINE.repeat, due);
  }
}
