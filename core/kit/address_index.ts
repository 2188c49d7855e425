/**
 * Finds the row of an address without allocating: a hash table with open addressing in typed arrays. A `Map` would box each
 * address above 2³⁰ and hash it several times slower.
 *
 * @module
 */
import type { Address } from "../contract/ids.ts";

/** Multiplier of Fibonacci hashing: 2³² divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;

/**
 * Rows by address; made once, never changed.
 *
 * @example
 * ```ts
 * import { address } from "../contract/ids.ts";
 * import { AddressIndex } from "./address_index.ts";
 * import assert from "node:assert/strict";
 * const index = new AddressIndex([7, 0, 9], 3);
 * assert.deepEqual([7, 9, 8].map((one) => index.find(address(one))), [0, 2, -1]);
 * ```
 */
export class AddressIndex {
  /** 0, the invalid address, marks a free place. */
  readonly #addresses: Uint32Array;
  readonly #rows: Int32Array;
  readonly #shift: number;
  readonly #mask: number;

  /** @param addresses the row of each is its place in the order; none twice; rows of 0, the invalid address, are not found */
  constructor(addresses: Iterable<number>, count: number) {
    // At most half full; at least 2 places, so that the shift is below 32.
    const bits = Math.max(1, 33 - Math.clz32(count));
    this.#shift = 32 - bits;
    this.#mask = 2 ** bits - 1;
    this.#addresses = new Uint32Array(2 ** bits);
    this.#rows = new Int32Array(2 ** bits).fill(-1);
    let row = 0;
    for (const address of addresses) {
      if (address !== 0) this.#enter(address, row);
      row++;
    }
  }

  /** Returns the row of an address; −1 when there is none. */
  find(address: Address): number {
    let place = Math.imul(address, GOLDEN) >>> this.#shift;
    for (;;) {
      const found = this.#addresses[place];
      if (found === address || found === 0) return this.#rows[place];
      place = (place + 1) & this.#mask;
    }
  }

  #enter(address: number, row: number): void {
    let place = Math.imul(address, GOLDEN) >>> this.#shift;
    while (this.#addresses[place] !== 0) place = (place + 1) & this.#mask;
    this.#addresses[place] = address;
    this.#rows[place] = row;
  }
}
