/**
 * Finds slots by a hash of what they hold: open addressing in a typed array that is at most half full.
 *
 * @module
 */

/**
 * Slots, small whole numbers, by hash.
 *
 * @example
 * ```ts
 * import { SlotIndex } from "./slot_index.ts";
 * import assert from "node:assert/strict";
 * const held = [700, 900];
 * const index = new SlotIndex(2, (slot) => held[slot]);
 * index.enter(0);
 * index.enter(1);
 * let place = index.start(900);
 * while (held[index.at(place)] !== 900) place = index.next(place);
 * assert.equal(index.at(place), 1);
 * ```
 */
export class SlotIndex {
  /** Slot plus 1; 0: free. */
  #places: Uint32Array;
  #shift: number;

  /**
   * @param capacity slots that there may be, a power of two
   * @param hashOf gives 32 bits for what a slot holds, of which the upper ones count most
   */
  constructor(capacity: number, private readonly hashOf: (slot: number) => number) {
    this.#places = new Uint32Array(2 * capacity);
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

  /** Returns the slot at a place; −1: what was searched for is not there. */
  at(place: number): number {
    return this.#places[place] - 1;
  }

  /** Enters a slot that holds something. */
  enter(slot: number): void {
    let place = this.start(this.hashOf(slot));
    while (this.#places[place] !== 0) place = this.next(place);
    this.#places[place] = slot + 1;
  }

  /** Takes a slot out, before it holds something else, and moves those behind it up, so that no search ends too early. */
  leave(slot: number): void {
    let hole = this.start(this.hashOf(slot));
    while (this.#places[hole] !== slot + 1) hole = this.next(hole);
    const mask = this.#places.length - 1;
    for (let place = this.next(hole); this.#places[place] !== 0; place = this.next(place)) {
      const other = this.#places[place] - 1;
      const wanted = this.start(this.hashOf(other));
      if (((place - wanted) & mask) < ((place - hole) & mask)) continue;
      this.#places[hole] = other + 1;
      hole = place;
    }
    this.#places[hole] = 0;
  }

  /** Makes room for twice as many; all slots below `bound` hold something. */
  grow(bound: number): void {
    this.#places = new Uint32Array(2 * this.#places.length);
    this.#shift--;
    for (let slot = 0; slot < bound; slot++) this.enter(slot);
  }
}
