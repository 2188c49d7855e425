/**
 * A list of places in a ring, linked both ways: adding, removing and going through it allocate nothing.
 *
 * @module
 */

const NONE = -1;

/**
 * Each place is in the list once at most.
 *
 * @example
 * ```ts
 * import { PlaceList } from "./place_list.ts";
 * import assert from "node:assert/strict";
 * const list = new PlaceList(8);
 * list.insert(3, list.last);
 * list.insert(5, list.last);
 * list.insert(4, 3);
 * list.remove(3);
 * assert.deepEqual([list.first, list.after(4), list.last, list.length], [4, 5, 5, 2]);
 * ```
 */
export class PlaceList {
  /** The first place; −1 when there is none, like all that follow. */
  first = NONE;
  /** The last place. */
  last = NONE;
  /** How many places are in the list. */
  length = 0;
  readonly #after: Int32Array;
  readonly #before: Int32Array;

  /** @param size places are less than that */
  constructor(size: number) {
    this.#after = new Int32Array(size);
    this.#before = new Int32Array(size);
  }

  /** Returns the place behind one in the list. */
  after(place: number): number {
    return this.#after[place];
  }

  /** Returns the place in front of one in the list. */
  before(place: number): number {
    return this.#before[place];
  }

  /** Inserts a place behind another one; −1: at the beginning. */
  insert(place: number, before: number): void {
    const after = before === NONE ? this.first : this.#after[before];
    this.#before[place] = before;
    this.#after[place] = after;
    if (before === NONE) this.first = place;
    else this.#after[before] = place;
    if (after === NONE) this.last = place;
    else this.#before[after] = place;
    this.length++;
  }

  /** Removes a place that is in the list. */
  remove(place: number): void {
    const before = this.#before[place];
    const after = this.#after[place];
    if (before === NONE) this.first = after;
    else this.#after[before] = after;
    if (after === NONE) this.last = before;
    else this.#before[after] = before;
    this.length--;
  }

  /** Returns a list for a ring of another size, in the same order. */
  moved(size: number, to: (place: number) => number): PlaceList {
    const list = new PlaceList(size);
    for (let place = this.first; place !== NONE; place = this.#after[place]) {
      list.insert(to(place), list.last);
    }
    return list;
  }
}
