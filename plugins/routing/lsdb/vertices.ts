/**
 * Numbers for the addresses that the link-state database names, small enough to be places in arrays.
 *
 * @module
 */
import { type Address, address } from "../../../core/contract/ids.ts";
import { ANOTHER, NOTHING, SlotIndex } from "./slot_index.ts";

const FIRST_CAPACITY = 16;

/** Small numbers by address, given back when no link names the address any more. */
export class Vertices {
  /** With a sign; 0, the invalid address, where a number is free. */
  #addresses = new Int32Array(FIRST_CAPACITY);
  /** How many links name it; where a number is free, the next free one plus 1. */
  #uses = new Uint32Array(FIRST_CAPACITY);
  #bound = 0;
  #count = 0;
  /** The first free number plus 1. */
  #free = 0;
  readonly #index = new SlotIndex(FIRST_CAPACITY, (vertex) => this.#hash(this.#addresses[vertex]));

  /**
   * @param seed a random number of 32 bits, so that nobody can choose addresses that are looked for in the same places
   * @param renamed told when a number stands for another address than it did
   */
  constructor(private readonly seed: number, private readonly renamed: () => void = () => {}) {}

  /** Returns the number below which all numbers are. */
  get bound(): number {
    return this.#bound;
  }

  /** Returns how many addresses have a number. */
  get count(): number {
    return this.#count;
  }

  /** Returns the address of a number; 0 where the number is free. */
  address(vertex: number): Address {
    return address(this.#addresses[vertex] >>> 0);
  }

  /** Returns the number of an address; −1 when no link names it. */
  find(of: number): number {
    const hash = this.#hash(of);
    const index = this.#index;
    for (let place = index.start(hash);; place = index.next(place)) {
      const vertex = index.at(place, hash);
      if (vertex === NOTHING) return -1;
      if (vertex !== ANOTHER && this.#addresses[vertex] === (of | 0)) return vertex;
    }
  }

  /** Counts one more link that names the address. @returns its number */
  acquire(of: number): number {
    const known = this.find(of);
    if (known >= 0) {
      this.#uses[known]++;
      return known;
    }
    const vertex = this.#take();
    this.#addresses[vertex] = of;
    this.#uses[vertex] = 1;
    this.#index.enter(vertex);
    this.#count++;
    return vertex;
  }

  /** Counts one link less. */
  release(vertex: number): void {
    if (--this.#uses[vertex] > 0) return;
    this.#index.leave(vertex);
    this.#addresses[vertex] = 0;
    this.#uses[vertex] = this.#free;
    this.#free = vertex + 1;
    this.#count--;
  }

  #take(): number {
    if (this.#free === 0) {
      if (this.#bound === this.#addresses.length) this.#grow();
      return this.#bound++;
    }
    const vertex = this.#free - 1;
    this.#free = this.#uses[vertex];
    this.renamed();
    return vertex;
  }

  #grow(): void {
    const [addresses, uses] = [this.#addresses, this.#uses];
    this.#addresses = new Int32Array(2 * addresses.length);
    this.#addresses.set(addresses);
    this.#uses = new Uint32Array(2 * uses.length);
    this.#uses.set(uses);
    this.#index.grow(this.#bound); // No number is free when it grows.
  }

  #hash(of: number): number {
    const hash = Math.imul(of ^ this.seed, 0x9e3779b1);
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  }
}
