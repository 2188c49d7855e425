/**
 * The link-state database: what members have announced. It is made for a thousand instances of thousands of entries in one
 * process: no object for an entry, and all of an entry in half a cache line.
 *
 * @module
 */
import { type Address, address } from "../../../core/contract/ids.ts";
import { LinkChanges } from "./link_changes.ts";
import { SlotIndex } from "./slot_index.ts";
import { withdraws } from "./sequence.ts";
import { Vertices } from "./vertices.ts";

/** Words of an entry, and what they hold. */
const WORDS = 8;
/** Address of the member that announces; 0 where the slot is free. */
const SOURCE = 0;
/** Address of the far end; where the slot is free, the next free one. */
const DESTINATION = 1;
/** The sequence number has 53 bits. */
const SEQUENCE_HIGH = 2;
const SEQUENCE_LOW = 3;
/** When it was heard of last, in ticks. */
const STAMP = 4;
/** Its highest bit is set when both ends announce the adjacency. */
const SOURCE_VERTEX = 5;
const DESTINATION_VERTEX = 6;
/** Slot of the entry for the other direction, plus 1; 0: there is none. */
const REVERSE = 7;

const TWO_WAY = 0x8000_0000;
const HIGH = 0x1_0000_0000;
/** Milliseconds of a tick. Ages are differences of 32 bits, right up to 497 days. */
const TICK = 10;
const FIRST_CAPACITY = 16;

/** Entries by (source, destination). An entry keeps its slot, a small whole number, as long as it is there. */
export class Lsdb {
  /** What has changed of the links that both ends announce. */
  readonly changes = new LinkChanges();
  /** The addresses that entries name. */
  readonly vertices: Vertices;
  #words = new Uint32Array(FIRST_CAPACITY * WORDS);
  readonly #index = new SlotIndex(
    FIRST_CAPACITY,
    (slot) => this.#hash(this.#words[slot * WORDS + SOURCE], this.#words[slot * WORDS + DESTINATION]),
  );
  /** Slots below it have been used. */
  #bound = 0;
  /** The first free slot below the bound, plus 1. */
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
    return this.#bound;
  }
  /** Returns whether there is an entry in a slot, which is below the bound. */
  used(slot: number): boolean {
    return this.#words[slot * WORDS + SOURCE] !== 0;
  }
  source(slot: number): Address {
    return address(this.#words[slot * WORDS + SOURCE]);
  }
  destination(slot: number): Address {
    return address(this.#words[slot * WORDS + DESTINATION]);
  }
  sourceVertex(slot: number): number {
    return this.#words[slot * WORDS + SOURCE_VERTEX] & ~TWO_WAY;
  }
  destinationVertex(slot: number): number {
    return this.#words[slot * WORDS + DESTINATION_VERTEX];
  }
  sequence(slot: number): number {
    const at = slot * WORDS;
    return this.#words[at + SEQUENCE_HIGH] * HIGH + this.#words[at + SEQUENCE_LOW];
  }
  /** Returns whether the entry says that there is an adjacency, not that it is gone. */
  announced(slot: number): boolean {
    return this.used(slot) && !withdraws(this.sequence(slot));
  }
  /** Returns whether both ends announce the adjacency. */
  twoWay(slot: number): boolean {
    return this.#words[slot * WORDS + SOURCE_VERTEX] >= TWO_WAY;
  }
  /** Returns the milliseconds, to a tick, since the entry was heard of. */
  age(slot: number, now: number): number {
    return ((Math.floor(now / TICK) - this.#words[slot * WORDS + STAMP]) >>> 0) * TICK;
  }

  /** Returns the slot of an entry; −1 when there is none. */
  find(source: number, destination: number): number {
    const index = this.#index;
    for (let place = index.start(this.#hash(source, destination));; place = index.next(place)) {
      const slot = index.at(place);
      if (slot < 0) return -1;
      const at = slot * WORDS;
      if (this.#words[at + SOURCE] === source && this.#words[at + DESTINATION] === destination) return slot;
    }
  }

  /** Adds an entry that is not there. Neither address is 0. @returns its slot */
  insert(source: number, destination: number, sequence: number, now: number): number {
    const slot = this.#take();
    const at = slot * WORDS;
    this.#words[at + SOURCE] = source;
    this.#words[at + DESTINATION] = destination;
    const reverse = this.find(destination, source);
    const [from, to] = reverse >= 0
      ? [this.destinationVertex(reverse), this.sourceVertex(reverse)]
      : [-1, -1];
    this.#words[at + SOURCE_VERTEX] = this.vertices.acquire(source, from);
    this.#words[at + DESTINATION_VERTEX] = this.vertices.acquire(destination, to);
    this.#words[at + REVERSE] = reverse + 1;
    if (reverse >= 0) this.#words[reverse * WORDS + REVERSE] = slot + 1;
    this.#write(slot, sequence, now);
    this.#index.enter(slot);
    this.#pair(slot);
    this.#size++;
    return slot;
  }

  /** Notes that the entry was heard of again. */
  refresh(slot: number, sequence: number, now: number): void {
    const changes = withdraws(sequence) === this.announced(slot);
    this.#write(slot, sequence, now);
    if (changes) this.#pair(slot);
  }

  #write(slot: number, sequence: number, now: number): void {
    const at = slot * WORDS;
    this.#words[at + SEQUENCE_HIGH] = Math.floor(sequence / HIGH);
    this.#words[at + SEQUENCE_LOW] = sequence >>> 0;
    this.#words[at + STAMP] = Math.floor(now / TICK);
  }

  /** Removes an entry; its slot may be used again. */
  remove(slot: number): void {
    const at = slot * WORDS;
    this.#index.leave(slot);
    const reverse = this.#words[at + REVERSE] - 1;
    if (reverse >= 0) {
      this.#set(slot, reverse, false);
      this.#words[reverse * WORDS + REVERSE] = 0;
    }
    this.vertices.release(this.sourceVertex(slot));
    this.vertices.release(this.destinationVertex(slot));
    this.#words[at + SOURCE] = 0;
    this.#words[at + DESTINATION] = this.#free;
    this.#words[at + REVERSE] = 0;
    this.#free = slot + 1;
    this.#size--;
  }

  /** Finds out whether both ends announce the adjacency of an entry. */
  #pair(slot: number): void {
    const reverse = this.#words[slot * WORDS + REVERSE] - 1;
    if (reverse >= 0) this.#set(slot, reverse, this.announced(slot) && this.announced(reverse));
  }

  #set(slot: number, reverse: number, both: boolean): void {
    if (both === this.twoWay(slot)) return;
    this.#words[slot * WORDS + SOURCE_VERTEX] ^= TWO_WAY;
    this.#words[reverse * WORDS + SOURCE_VERTEX] ^= TWO_WAY;
    this.changes.note(this.sourceVertex(slot), this.destinationVertex(slot), both);
  }

  #take(): number {
    if (this.#free !== 0) {
      const slot = this.#free - 1;
      this.#free = this.#words[slot * WORDS + DESTINATION];
      return slot;
    }
    if (this.#bound * WORDS === this.#words.length) this.#grow();
    return this.#bound++;
  }

  #grow(): void {
    const words = new Uint32Array(2 * this.#words.length);
    words.set(this.#words);
    this.#words = words;
    this.#index.grow(this.#bound); // No slot is free when it grows.
  }

  #hash(source: number, destination: number): number {
    let hash = Math.imul(source ^ this.seed, 0x9e3779b1) ^ destination;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  }
}
