/**
 * Ids from 0, lowest free first.
 *
 * @module
 */

/**
 * A pool of the numbers 0 … `limit` − 1.
 *
 * @example
 * ```ts
 * import { IdPool } from "./id_pool.ts";
 * import assert from "node:assert/strict";
 * const pool = new IdPool(2);
 * assert.deepEqual([pool.take(), pool.take(), pool.take()], [0, 1, undefined]);
 * pool.give(0);
 * assert.equal(pool.take(), 0);
 * ```
 */
export class IdPool {
  /** One bit an id: 1 is free. */
  readonly #free: Int32Array;
  /** No word before this one has a free id. */
  #first = 0;

  constructor(limit: number) {
    this.#free = new Int32Array(Math.ceil(limit / 32)).fill(-1);
    if (limit % 32 !== 0) this.#free[this.#free.length - 1] = (1 << limit % 32) - 1;
  }

  /** The lowest free id, which is then taken; undefined when all are. */
  take(): number | undefined {
    while (this.#first < this.#free.length && this.#free[this.#first] === 0) this.#first++;
    if (this.#first === this.#free.length) return undefined;
    const word = this.#free[this.#first];
    const bit = 31 - Math.clz32(word & -word);
    this.#free[this.#first] = word & ~(1 << bit);
    return this.#first * 32 + bit;
  }

  /** Frees an id that was taken. */
  give(id: number): void {
    const word = id >>> 5;
    this.#free[word] |= 1 << (id & 31);
    if (word < this.#first) this.#first = word;
  }
}
