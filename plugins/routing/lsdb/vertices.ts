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

  /** All numbers are below this one. */
  get bound(): number {
    return this.#addresses.length;
  }

  /** How many addresses have a number. */
  get count(): number {
    return this.#numbers.size;
  }

  /** The address of a number; 0 where the number is free. */
  address(vertex: number): Address {
    return address(this.#addresses[vertex]);
  }

  /** The number of an address; −1: no entry names it. */
  find(of: number): number {
    return this.#numbers.get(of) ?? -1;
  }

  /** One more entry names the address. @returns its number */
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

  /** One entry less names it. */
  release(vertex: number): void {
    if (--this.#uses[vertex] > 0) return;
    this.#numbers.delete(this.#addresses[vertex]);
    this.#addresses[vertex] = 0;
    this.#free.push(vertex);
  }
}
