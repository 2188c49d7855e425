/**
 * The entries that this member announces: one for each neighbour to which it has a data transfer flow. Their sequence numbers
 * never go back; they are refreshed no longer than the adjacency lasts, and withdrawn when it ends.
 *
 * @module
 */
import { type Address, address } from "../../../core/contract/ids.ts";
import type { Ports } from "../../../core/contract/ports.ts";
import type { ChangeRepeats } from "./change_repeats.ts";
import type { Flooding, ManagementPeer } from "./flooding.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { between, DEADLINE, type Deadlines } from "../times.ts";
import { announcing, first, withdrawing } from "../lsdb/sequence.ts";

/** Milliseconds between two answers to what others announce under the own address. */
const ANSWER_INTERVAL = 1000;

/** Announces the own adjacencies. */
export class OwnAdjacencies {
  /**
   * Slots of the adjacencies that there are, and when each is refreshed: at times of their own, as what goes around all at once leaves
   * neighbours in silence between.
   */
  readonly #slots = new Map<number, number>();
  /** Slots of entries that were raised above what others announced, which not all neighbours have been told. */
  readonly #challenged = new Set<number>();
  #answered = -Infinity;
  /** Slot of the entry of {@link stir}. */
  #stirring = -1;
  /** Greatest sequence number ever used. */
  #greatest = -1;

  constructor(
    private readonly lsdb: Lsdb,
    private readonly flooding: Flooding,
    private readonly repeats: ChangeRepeats,
    private readonly own: Address,
    /** Milliseconds between refreshes. */
    private readonly interval: number,
    private readonly ports: Ports,
    private readonly deadlines: Deadlines,
  ) {}

  /** Slots of the adjacencies that there are. */
  readonly slots = (): Iterable<number> => this.#slots.keys();

  /** Announces an adjacency. @returns its slot */
  announce(neighbour: Address, now: number): number {
    const sequence = first(this.#greatest, this.ports.clock.wall());
    let slot = this.lsdb.find(this.own, neighbour);
    if (slot < 0) slot = this.lsdb.insert(this.own, neighbour, sequence, now);
    this.#refreshWithin(slot, now, [0.1, 1]);
    this.#set(slot, sequence, now, true);
    this.repeats.changed(slot, now);
    return slot;
  }

  /**
   * Announces, in a while, an adjacency that there never was, as withdrawn. A neighbour of the reference whose flow to this member is
   * replaced goes on to send over the old one until it computes its routes, which it does for adjacencies that it does not know only.
   */
  stir(now: number): void {
    if (!this.repeats.has(this.#stirring)) {
      const sequence = withdrawing(first(this.#greatest, this.ports.clock.wall()));
      const nobody = address(this.ports.random.uint32());
      if (nobody === 0 || this.lsdb.find(this.own, nobody) >= 0) return;
      this.#stirring = this.lsdb.insert(this.own, nobody, sequence, now);
      this.#raise(this.#stirring, sequence, now);
    }
    this.repeats.changed(this.#stirring, now);
  }

  /** Withdraws an adjacency that has ended. The entry stays until it ages out, so that older news of it are known as such. */
  withdraw(neighbour: Address, now: number): void {
    const slot = this.lsdb.find(this.own, neighbour);
    if (!this.#slots.delete(slot)) return;
    this.#set(slot, withdrawing(this.lsdb.sequence(slot)), now, true);
    this.repeats.changed(slot, now);
  }

  /**
   * Withdraws an adjacency of the former self of this member, which others know: its other end may have died too, and then nobody else
   * would.
   */
  disown(neighbour: Address, known: number, now: number): void {
    const sequence = withdrawing(known);
    const slot = this.lsdb.insert(this.own, neighbour, sequence, now);
    this.#set(slot, sequence, now, true);
    this.repeats.changed(slot, now);
  }

  /** Forgets a withdrawn entry, which has aged out. */
  forget(slot: number): void {
    if (slot === this.#stirring) this.#stirring = -1;
    this.#challenged.delete(slot);
  }

  /** Continues above a number that is greater than the own one of an entry: whoever told of it hears of that at once, others soon. */
  outbid(slot: number, from: ManagementPeer, sequence: number, now: number): void {
    this.#raise(slot, this.#slots.has(slot) ? announcing(sequence) : withdrawing(sequence), now);
    this.flooding.oweTo(from, slot, now);
    this.#challenged.add(slot);
    this.deadlines.setEarlier(DEADLINE.answer, Math.max(now, this.#answered + ANSWER_INTERVAL));
  }

  /** Tells all neighbours what was raised above others' announcements under the own address. */
  answerAll(now: number): void {
    this.#answered = now;
    for (const slot of this.#challenged) this.flooding.owe(slot, undefined, now, true);
    this.#challenged.clear();
  }

  /** Refreshes the own entries that it is time for. */
  refresh(now: number): void {
    for (const [slot, due] of this.#slots) {
      if (due > now) {
        this.deadlines.setEarlier(DEADLINE.refresh, due);
        continue;
      }
      this.#set(slot, announcing(this.lsdb.sequence(slot)), now, false);
      this.#refreshWithin(slot, now, [0.9, 1.1]);
    }
  }

  #refreshWithin(slot: number, now: number, intervals: readonly [number, number]): void {
    const due = now + this.interval * between(intervals, this.ports.random);
    this.#slots.set(slot, due);
    this.deadlines.setEarlier(DEADLINE.refresh, due);
  }

  #raise(slot: number, sequence: number, now: number): void {
    this.#greatest = Math.max(this.#greatest, sequence);
    this.lsdb.refresh(slot, sequence, now);
    this.flooding.changed(slot);
  }

  #set(slot: number, sequence: number, now: number, news: boolean): void {
    this.#raise(slot, sequence, now);
    this.flooding.owe(slot, undefined, now, news);
  }
}
