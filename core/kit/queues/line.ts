/**
 * A waiting line: what comes first goes first.
 *
 * @module
 */

/** Places of a line in which something has been; a power of two. */
const FIRST = 16;
/** Most lines are always empty: they have no memory of their own. */
const NO_SIZES = new Float64Array(0);

/**
 * A waiting line of items and their sizes. Adding and taking are cheap at any length, and cost no allocation once the line has
 * been as long.
 *
 * @example
 * ```ts
 * import { Line } from "./line.ts";
 * import assert from "node:assert/strict";
 * const line = new Line<string>();
 * line.add("a", 100);
 * line.add("b", 200);
 * assert.deepEqual([line.size, line.next(), line.length, line.size], [100, "a", 1, 200]);
 * ```
 */
export class Line<T> {
  /** Twice as many when they are full. */
  #items: (T | undefined)[] = [];
  #sizes = NO_SIZES;
  #first = 0;
  #length = 0;

  /** Returns how many wait. */
  get length(): number {
    return this.#length;
  }

  /** Returns the first item; undefined when none waits. */
  get first(): T | undefined {
    return this.#items[this.#first];
  }

  /** Returns the size of the first item; 0 when none waits. */
  get size(): number {
    return this.#length === 0 ? 0 : this.#sizes[this.#first];
  }

  /** Adds an item at the end. */
  add(item: T, size: number): void {
    if (this.#length === this.#items.length) this.#grow();
    const last = (this.#first + this.#length++) & (this.#items.length - 1);
    this.#items[last] = item;
    this.#sizes[last] = size;
  }

  /** Takes the first item out; returns undefined when none waits. */
  next(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#items.length - 1);
    this.#length--;
    return item;
  }

  #grow(): void {
    const before = this.#items.length;
    const place = (index: number) => (this.#first + index) & (before - 1);
    const places = Math.max(FIRST, 2 * before);
    const sizes = new Float64Array(places);
    const items = Array.from({ length: places }, (_, index) => {
      if (index >= before) return undefined;
      sizes[index] = this.#sizes[place(index)];
      return this.#items[place(index)];
    });
    this.#items = items;
    this.#sizes = sizes;
    this.#first = 0;
  }
}
