/**
 * Numbers that are given and taken back, lowest free first: of flows of a process, of flows of a host.
 *
 * @module
 */
import { ExhaustedError } from "../contract/errors.ts";
import { type Fd, fd, FIRST_FD, MAX_FLOWS } from "../contract/ids.ts";

/**
 * A pool of the numbers 0 … `limit` − 1.
 *
 * @example
 * ```ts
 * import { NumberPool } from "./number_pool.ts";
 * import assert from "node:assert/strict";
 * const pool = new NumberPool(2);
 * assert.deepEqual([pool.take(), pool.take(), pool.take()], [0, 1, undefined]);
 * pool.release(0);
 * assert.equal(pool.take(), 0);
 * ```
 */
export class NumberPool {
  /** One bit a number: 1 is free. */
  readonly #free: Int32Array;
  /** No word before this one has a free number. */
  #first = 0;

  constructor(limit: number) {
    this.#free = new Int32Array(Math.ceil(limit / 32)).fill(-1);
    if (limit % 32 !== 0) this.#free[this.#free.length - 1] = (1 << limit % 32) - 1;
  }

  /** Takes the lowest free number; returns undefined when all are taken. */
  take(): number | undefined {
    while (this.#first < this.#free.length && this.#free[this.#first] === 0) this.#first++;
    if (this.#first === this.#free.length) return undefined;
    const word = this.#free[this.#first];
    const bit = 31 - Math.clz32(word & -word);
    this.#free[this.#first] = word & ~(1 << bit);
    return this.#first * 32 + bit;
  }

  /** Makes a number free again that was taken. */
  release(number: number): void {
    const word = number >>> 5;
    this.#free[word] |= 1 << (number & 31);
    if (word < this.#first) this.#first = word;
  }
}

/** The numbers of the flows of one process, from 64 on as the reference gives them. */
export class FdTable {
  readonly #pool = new NumberPool(MAX_FLOWS);

  /** Takes the lowest free number. @throws ExhaustedError when the process has too many flows */
  take(): Fd {
    const number = this.#pool.take();
    if (number === undefined) throw new ExhaustedError(`this process has ${MAX_FLOWS} flows already`);
    return fd(FIRST_FD + number);
  }

  /** Makes a number free again that was taken. */
  release(number: Fd): void {
    this.#pool.release(number - FIRST_FD);
  }
}
