/**
 * A waiting line: what comes first goes first.
 *
 * @module
 */

/** Places at the front that may be empty before the line moves up. */
const MAX_EMPTY = 1024;

/**
 * A waiting line. Adding and taking are cheap at any length.
 *
 * @example
 * ```ts
 * import { Line } from "./line.ts";
 * import assert from "node:assert/strict";
 * const line = new Line<string>();
 * line.add("a");
 * line.add("b");
 * assert.deepEqual([line.next(), line.length], ["a", 1]);
 * ```
 */
export class Line<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  /** Returns how many wait. */
  get length(): number {
    return this.#items.length - this.#first;
  }

  /** Adds an item at the end. */
  add(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first item out; returns undefined when none waits. */
  next(): T | undefined {
    if (this.#first === this.#items.length) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) this.#empty();
    else if (this.#first >= MAX_EMPTY && this.#first * 2 > this.#items.length) this.#moveUp();
    return item;
  }

  #empty(): void {
    this.#items.length = 0;
    this.#first = 0;
  }

  #moveUp(): void {
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}
