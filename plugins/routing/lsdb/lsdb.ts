/**
 * The link-state database: what members have announced. It is made for a thousand instances of thousands of entries in one
 * process: no object for an entry, and the two entries of a link, which are looked for one after the other, in the same cache line.
 *
 * @module
 */
import { type Address, address } from "../../../core/contract/ids.ts";
import { LinkChanges } from "./link_changes.ts";
import { writeHalves } from "../link_state_update.ts";
import { ANOTHER, NOTHING, SlotIndex } from "./slot_index.ts";
import { isMarked, withdraws } from "./sequence.ts";
import { Vertices } from "./vertices.ts";

/** Words of a link, and what they hold. */
const WORDS = 10;
/** Addresses of its ends, in the order of {@link slotOf}; 0 where the link is free, and then the next free one. */
const ENDS = 0;
/** Vertices of the ends, with {@link USED} and {@link TWO_WAY}. */
const VERTICES = 2;
/** Two entries: what the first end announces, and what the second one does. */
const ENTRIES = 4;
/** Words of an entry: a sequence number of 53 bits, and when it was heard of last, in ticks. */
const ENTRY_WORDS = 3;
const STAMP = 2;

/** Set beside the vertex of an end: it announces the link; both ends do. */
const USED = 0x8000_0000;
const TWO_WAY = 0x4000_0000;
const VERTEX = 0x3fff_ffff;

const HIGH = 0x1_0000_0000;
/** Milliseconds of a tick. Ages are differences of 32 bits, right up to 497 days. */
const TICK = 10;
const FIRST_CAPACITY = 16;

/**
 * Entries by (source, destination). An entry keeps its slot, a small whole number, as long as it is there; that of the other direction
 * of its link has the slot beside it: 2n and 2n + 1.
 */
export class Lsdb {
  /** What has changed of the links that both ends announce. */
  readonly changes = new LinkChanges();
  /** The addresses that entries name. */
  readonly vertices: Vertices;
  /** Signed, as whole numbers of 32 bits with a sign are those that are no objects. */
  #words = new Int32Array(FIRST_CAPACITY * WORDS);
  /** Links by their ends. */
  readonly #index = new SlotIndex(
    FIRST_CAPACITY,
    (link) => this.#hash(this.#words[link * WORDS + ENDS], this.#words[link * WORDS + ENDS + 1]),
  );
  /** Links below it have been used. */
  #bound = 0;
  /** The first free link below the bound, plus 1. */
  #free = 0;
  #size = 0;

  /** @param seed a random number of 32 bits */
  constructor(private readonly seed: number) {
    this.vertices = new Vertices(seed, () => this.changes.tooMany());
  }

  /** Returns how many entries there are. */
  get size(): number {
    return this.#size;
  }
  /** Returns the number below which all slots in use are. */
  get bound(): number {
    return 2 * this.#bound;
  }
  /** Returns whether there is an entry in a slot, which is below the bound. */
  used(slot: number): boolean {
    return (this.#words[vertexAt(slot)] & USED) !== 0;
  }
  source(slot: number): Address {
    return address(this.#words[endAt(slot)] >>> 0);
  }
  destination(slot: number): Address {
    return address(this.#words[endAt(slot ^ 1)] >>> 0);
  }
  sourceVertex(slot: number): number {
    return this.#words[vertexAt(slot)] & VERTEX;
  }
  destinationVertex(slot: number): number {
    return this.#words[vertexAt(slot ^ 1)] & VERTEX;
  }
  sequence(slot: number): number {
    const at = entryAt(slot);
    return this.#words[at] * HIGH + (this.#words[at + 1] >>> 0);
  }
  /** Returns whether the entry has a sequence number, whose halves are given with a sign. */
  hasSequence(slot: number, high: number, low: number): boolean {
    const at = entryAt(slot);
    return this.#words[at + 1] === low && this.#words[at] === high;
  }
  /** Writes the update that tells of the entry. */
  write(slot: number, into: Uint8Array): void {
    const at = entryAt(slot);
    writeHalves(
      into,
      this.#words[endAt(slot ^ 1)],
      this.#words[endAt(slot)],
      this.#words[at],
      this.#words[at + 1],
    );
  }
  /** Returns whether the entry says that there is an adjacency, not that it is gone. */
  announced(slot: number): boolean {
    return this.used(slot) && !withdraws(this.sequence(slot));
  }
  /** Returns whether a member has announced an adjacency, and numbers it as this implementation does. */
  numbersMarked(source: Address, destination: Address): boolean {
    const slot = this.find(source, destination);
    return slot >= 0 && isMarked(this.sequence(slot));
  }
  /** Returns whether both ends announce the adjacency. */
  twoWay(slot: number): boolean {
    return (this.#words[vertexAt(slot)] & TWO_WAY) !== 0;
  }
  /** Returns the milliseconds, to a tick, since the entry was heard of. */
  age(slot: number, now: number): number {
    return ((Math.floor(now / TICK) - this.#words[entryAt(slot) + STAMP]) >>> 0) * TICK;
  }

  /**
   * Returns the slot of an entry; −1 when there is none.
   *
   * Addresses may be given with a sign, too.
   *
   * @param guess the slot that it probably has: who sends entries has them in nearly the same order as who gets them
   */
  find(source: number, destination: number, guess = -1): number {
    source |= 0;
    destination |= 0;
    if (guess >= 0 && guess < this.bound && this.#is(guess, source, destination)) return guess;
    const link = this.#link(source, destination);
    if (link < 0) return -1;
    const slot = slotOf(link, source, destination);
    return this.used(slot) ? slot : -1;
  }

  /** Adds an entry that is not there. Neither address is 0. @returns its slot */
  insert(source: number, destination: number, sequence: number, now: number): number {
    const known = this.#link(source | 0, destination | 0);
    const link = known < 0 ? this.#add(source, destination) : known;
    const slot = slotOf(link, source, destination);
    this.#words[vertexAt(slot)] |= USED;
    this.#size++;
    this.#note(slot, sequence, now);
    this.#pair(slot);
    return slot;
  }

  /** Notes that the entry was heard of again. */
  refresh(slot: number, sequence: number, now: number): void {
    const changes = withdraws(sequence) === this.announced(slot);
    this.#note(slot, sequence, now);
    if (changes) this.#pair(slot);
  }

  /** Removes an entry; its slot may be used again. */
  remove(slot: number): void {
    this.#words[vertexAt(slot)] &= ~USED;
    this.#size--;
    this.#pair(slot);
    if (this.used(slot ^ 1)) return;
    const link = slot >> 1;
    this.#index.leave(link);
    this.vertices.release(this.sourceVertex(slot));
    this.vertices.release(this.destinationVertex(slot));
    const at = link * WORDS + ENDS;
    this.#words[at] = 0;
    this.#words[at + 1] = this.#free;
    this.#free = link + 1;
  }

  #is(slot: number, source: number, destination: number): boolean {
    return this.used(slot) && this.#words[endAt(slot)] === source &&
      this.#words[endAt(slot ^ 1)] === destination;
  }

  #link(source: number, destination: number): number {
    const low = Math.min(source, destination), high = Math.max(source, destination);
    const hash = this.#hash(low, high);
    const index = this.#index;
    for (let place = index.start(hash);; place = index.next(place)) {
      const link = index.at(place, hash);
      if (link === NOTHING) return -1;
      if (link === ANOTHER) continue;
      const at = link * WORDS + ENDS;
      if (this.#words[at] === low && this.#words[at + 1] === high) return link;
    }
  }

  #add(source: number, destination: number): number {
    const link = this.#take();
    const slot = slotOf(link, source, destination);
    this.#words[endAt(slot)] = source;
    this.#words[endAt(slot ^ 1)] = destination;
    this.#words[vertexAt(slot)] = this.vertices.acquire(source);
    this.#words[vertexAt(slot ^ 1)] = this.vertices.acquire(destination);
    this.#index.enter(link);
    return link;
  }

  #note(slot: number, sequence: number, now: number): void {
    const at = entryAt(slot);
    this.#words[at] = Math.floor(sequence / HIGH);
    this.#words[at + 1] = sequence >>> 0;
    this.#words[at + STAMP] = Math.floor(now / TICK);
  }

  /** Notes whether both ends announce the link of an entry. */
  #pair(slot: number): void {
    const both = this.announced(slot) && this.announced(slot ^ 1);
    if (both === this.twoWay(slot)) return;
    this.#words[vertexAt(slot)] ^= TWO_WAY;
    this.#words[vertexAt(slot ^ 1)] ^= TWO_WAY;
    this.changes.note(this.sourceVertex(slot), this.destinationVertex(slot), both);
  }

  #take(): number {
    if (this.#free !== 0) {
      const link = this.#free - 1;
      this.#free = this.#words[link * WORDS + ENDS + 1];
      return link;
    }
    if (this.#bound * WORDS === this.#words.length) this.#grow();
    return this.#bound++;
  }

  #grow(): void {
    const words = new Int32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    this.#index.grow(this.#bound); // No link is free when it grows.
  }

  #hash(low: number, high: number): number {
    let hash = Math.imul(low ^ this.seed, 0x9e3779b1) ^ high;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  }
}

/** The end whose address is lower, if both are taken with a sign, is the first. */
const slotOf = (link: number, source: number, destination: number): number =>
  2 * link + ((source | 0) < (destination | 0) ? 0 : 1);

const endAt = (slot: number): number => (slot >> 1) * WORDS + ENDS + (slot & 1);
const vertexAt = (slot: number): number => (slot >> 1) * WORDS + VERTICES + (slot & 1);
const entryAt = (slot: number): number => (slot >> 1) * WORDS + ENTRIES + (slot & 1) * ENTRY_WORDS;
