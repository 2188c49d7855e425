/**
 * Random values from a seed, so that a run can be replayed: xoshiro128** of Blackman and Vigna
 * (https://prng.di.unimi.it/xoshiro128starstar.c). Not fit for keys.
 *
 * @module
 */
import type { Random } from "../contract/ports.ts";

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/**
 * Draws random values from a seed.
 *
 * @example
 * ```ts
 * import { SeededRandom } from "./seeded_random.ts";
 * import assert from "node:assert/strict";
 * assert.equal(new SeededRandom(7).uint32(), new SeededRandom(7).uint32());
 * ```
 */
export class SeededRandom implements Random {
  readonly #state = new Uint32Array(4);

  /** Starts the sequence. @param seed a whole number, of which the low 32 bits count */
  constructor(seed: number) {
    // splitmix32 spreads the seed over the state, which must not be all zero.
    for (let index = 0; index < 4; index++) {
      seed = (seed + 0x9e3779b9) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.#state[index] = mixed ^ (mixed >>> 15);
    }
  }

  uint32(): number {
    const state = this.#state;
    const result = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return result;
  }

  /** Draws a whole number of 0 … `bound` − 1. */
  below(bound: number): number {
    return Math.floor(this.uint32() / 0x1_0000_0000 * bound);
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.uint32() >>> 24);
  }
}
