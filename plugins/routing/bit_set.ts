/**
 * A set of small whole numbers that grows, one bit each.
 *
 * @module
 */

/**
 * A set of small whole numbers.
 *
 * @example
 * ```ts
 * import { BitSet } from "./bit_set.ts";
 * import assert from "node:assert/strict";
 * const set = new BitSet();
 * set.add(3);
 * set.add(70);
 * assert.deepEqual([set.next(0), set.next(4), set.next(71)], [3, 70, -1]);
 * ```
 */
export class BitSet {
  #words = new Uint32Array(1);

  add(value: number): void {
    const word = value >>> 5;
    if (word >= this.#words.length) {
      const words = new Uint32Array(Math.max(word + 1, 2 * this.#words.length));
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[word] |= 1 << (value & 31);
  }

  delete(value: number): void {
    const word = value >>> 5;
    if (word < this.#words.length) this.#words[word] &= ~(1 << (value & 31));
  }

  has(value: number): boolean {
    const word = value >>> 5;
    return word < this.#words.length && (this.#words[word] & (1 << (value & 31))) !== 0;
  }

  /** Returns the smallest member that is not below `from`; −1 when there is none. */
  next(from: number): number {
    let word = from >>> 5;
    if (word >= this.#words.length) return -1;
    let bits = this.#words[word] & (-1 << (from & 31));
    while (bits === 0) {
      if (++word === this.#words.length) return -1;
      bits = this.#words[word];
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }
}
