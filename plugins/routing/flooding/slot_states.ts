/**
 * What a neighbour is owed, has sent and was sent of the database: three bits a slot, of which those of one slot stand beside each
 * other, as they change together. It is made for a thousand members with a few neighbours each in one process, where most of the time
 * goes into waiting for memory.
 *
 * @module
 */

/** Words of 32 slots, and what they hold; the last one is free, so that none of them is in two cache lines. */
const WORDS = 4;
const OWED = 0, KNOWN = 1, TOLD = 2;

/**
 * The states of slots, whole numbers. All slots begin with none.
 *
 * @example
 * ```ts
 * import { SlotStates } from "./slot_states.ts";
 * import assert from "node:assert/strict";
 * const states = new SlotStates();
 * states.news(3);
 * states.owe(70);
 * assert.deepEqual([states.next(0), states.next(4), states.next(71)], [3, 70, -1]);
 * states.has(3);
 * assert.equal(states.next(0), 70);
 * ```
 */
export class SlotStates {
  /** Signed, as whole numbers of 32 bits with a sign are those that are no objects. */
  #words = new Int32Array(WORDS);

  /** The neighbour is owed the entry, and what it has sent and was sent of it counts no more. */
  news(slot: number): void {
    const at = this.#at(slot), bit = 1 << (slot & 31);
    const words = this.#words;
    words[at + OWED] |= bit;
    words[at + KNOWN] &= ~bit;
    words[at + TOLD] &= ~bit;
  }

  /** The neighbour has the entry, as another one at the same address has sent it. @param sent it was this one */
  settled(slot: number, sent: boolean): void {
    const at = this.#at(slot), bit = 1 << (slot & 31);
    const words = this.#words;
    words[at + OWED] &= ~bit;
    if (sent) words[at + KNOWN] |= bit;
    else words[at + KNOWN] &= ~bit;
    words[at + TOLD] &= ~bit;
  }

  /** What the neighbour has sent and was sent of the entry counts no more. */
  changed(slot: number): void {
    const at = this.#at(slot), bit = 1 << (slot & 31);
    this.#words[at + KNOWN] &= ~bit;
    this.#words[at + TOLD] &= ~bit;
  }

  /** The neighbour is owed the entry. */
  owe(slot: number): void {
    const at = this.#at(slot);
    this.#words[at + OWED] |= 1 << (slot & 31);
  }

  /** The neighbour is owed the entry, unless it has sent it and was sent it. */
  oweAgain(slot: number): void {
    const at = this.#at(slot);
    this.#words[at + OWED] |= ~(this.#words[at + KNOWN] & this.#words[at + TOLD]) & (1 << (slot & 31));
  }

  /** The neighbour is owed the entry no more. */
  pay(slot: number): void {
    const at = this.#at(slot);
    this.#words[at + OWED] &= ~(1 << (slot & 31));
  }

  /** The neighbour has sent the entry, and is owed it no more. */
  has(slot: number): void {
    const at = this.#at(slot), bit = 1 << (slot & 31);
    this.#words[at + OWED] &= ~bit;
    this.#words[at + KNOWN] |= bit;
  }

  /** The neighbour was sent the entry. */
  tell(slot: number): void {
    const at = this.#at(slot);
    this.#words[at + TOLD] |= 1 << (slot & 31);
  }

  /** Returns the first slot not below `from` whose entry the neighbour is owed; −1 when there is none. */
  next(from: number): number {
    const words = this.#words;
    let at = (from >>> 5) * WORDS + OWED;
    if (at >= words.length) return -1;
    let bits = words[at] & (-1 << (from & 31));
    while (bits === 0) {
      at += WORDS;
      if (at >= words.length) return -1;
      bits = words[at];
    }
    return at / WORDS * 32 + 31 - Math.clz32(bits & -bits);
  }

  /** Returns where the words of a slot are, for which there is room then: they may be other ones than before. */
  #at(slot: number): number {
    const at = (slot >>> 5) * WORDS;
    if (at >= this.#words.length) this.#grow(at + WORDS);
    return at;
  }

  #grow(least: number): void {
    const words = new Int32Array(Math.max(least, 2 * this.#words.length));
    words.set(this.#words);
    this.#words = words;
  }
}
