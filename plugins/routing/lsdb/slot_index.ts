/**
 * Finds slots by a hash of what they hold: open addressing in a typed array that is at most half full. Beside each slot are those bits of its
 * hash that its place does not tell, so that hardly a slot is looked into that is not the one.
 *
 * @module
 */

/** Bits for the number of a slot plus 1; the upper ones have the lower ones of its hash. */
const BITS = 18;
const SLOT = 2 ** BITS - 1;

/** {@link SlotIndex.at}: what is searched for is not there. */
export const NOTHING = -1;
/** {@link SlotIndex.at}: it is not here, and may be at the next place. */
export const ANOTHER = -2;

/**
 * Slots, whole numbers below 2¹⁸ − 1, by hash.
 *
 * @example
 * ```ts
 * import { SlotIndex } from "./slot_index.ts";
 * import assert from "node:assert/strict";
 * const held = [0x70000001, 0x90000002];
 * const index = new SlotIndex(2, (slot) => held[slot]);
 * index.enter(0);
 * index.enter(1);
 * const hash = 0x90000002;
 * let place = index.start(hash);
 * while (held[index.at(place, hash)] !== hash) place = index.next(place);
 * assert.equal(index.at(place, hash), 1);
 * ```
 */
export class SlotIndex {
  /** Bits of the hash, and the slot plus 1; 0: free. */
  #places: Int32Array;
  #shift: number;

  /**
   * @param capacity slots that there may be, a power of two
   * @param hashOf gives 32 bits for what a slot holds
   */
  constructor(capacity: number, private readonly hashOf: (slot: number) => number) {
    this.#places = new Int32Array(2 * capacity);
    this.#shift = Math.clz32(2 * capacity - 1);
  }

  /** Returns the place where the search for a hash begins. */
  start(hash: number): number {
    return hash >>> this.#shift;
  }

  /** Returns the place where it goes on. */
  next(place: number): number {
    return (place + 1) & (this.#places.length - 1);
  }

  /** Returns the slot at a place, which probably holds what has the hash; or {@link NOTHING}, or {@link ANOTHER}. */
  at(place: number, hash: number): number {
    const found = this.#places[place];
    if (found === 0) return NOTHING;
    return (found ^ (hash << BITS)) >>> BITS === 0 ? (found & SLOT) - 1 : ANOTHER;
  }

  /** Enters a slot that holds something. */
  enter(slot: number): void {
    const hash = this.hashOf(slot);
    let place = this.start(hash);
    while (this.#places[place] !== 0) place = this.next(place);
    this.#places[place] = (hash << BITS) | (slot + 1);
  }

  /** Takes a slot out, before it holds something else, and moves those behind it up, so that no search ends too early. */
  leave(slot: number): void {
    let hole = this.start(this.hashOf(slot));
    while ((this.#places[hole] & SLOT) !== slot + 1) hole = this.next(hole);
    const mask = this.#places.length - 1;
    for (let place = this.next(hole); this.#places[place] !== 0; place = this.next(place)) {
      const wanted = this.start(this.hashOf((this.#places[place] & SLOT) - 1));
      if (((place - wanted) & mask) < ((place - hole) & mask)) continue;
      this.#places[hole] = this.#places[place];
      hole = place;
    }
    this.#places[hole] = 0;
  }

  /** Makes room for twice as many; all slots below `bound` hold something. */
  grow(bound: number): void {
    this.#places = new Int32Array(2 * this.#places.length);
    this.#shift--;
    for (let slot = 0; slot < bound; slot++) this.enter(slot);
  }
}
