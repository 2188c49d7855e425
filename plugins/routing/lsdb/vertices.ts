/**
 * Numbers for the addresses that the link-state database names, small enough to be places in arrays.
 *
 * @module
 */
import { type Address, address } from "../../../core/contract/ids.ts";

/** Small numbers by address, given back when no entry names the address any more. */
export class Vertices {
  readonly #numbers = new Map<number, number>();
  /** 0, the invalid address, where a number is free. */
  readonly #addresses: number[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** Returns the number below which all numbers are. */
  get bound(): number {
    return this.#addresses.length;
  }

  /** Returns how many addresses have a number. */
  get count(): number {
    return this.#numbers.size;
  }

  /** Returns the address of a number; 0 where the number is free. */
  address(vertex: number): Address {
    return address(this.#addresses[vertex]);
  }

  /** Returns the number of an address; −1 when no entry names it. */
  find(of: number): number {
    return this.#numbers.get(of) ?? -1;
  }

  /** Counts one more entry that names the address. @returns its number */
  acquire(of: number): number {
    const known = this.#numbers.get(of);
    if (known !== undefined) {
      this.#uses[known]++;
      return known;
    }
    const vertex = this.#free.pop() ?? this.#addresses.length;
    this.#numbers.set(of, vertex);
    this.#addresses[vertex] = of;
    this.#uses[vertex] = 1;
    return vertex;
  }

  /** Counts one entry less. */
  release(vertex: number): void {
    if (--this.#uses[vertex] > 0) return;
    this.#numbers.delete(this.#addresses[vertex]);
    this.#addresses[vertex] = 0;
    this.#free.push(vertex);
  }
}
