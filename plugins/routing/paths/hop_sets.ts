/**
 * For each vertex, a set of neighbours of the source: one bit a neighbour.
 *
 * @module
 */
import type { Graph } from "./graph.ts";

/** Sets of neighbours of the source, by vertex. */
export class HopSets {
  /** The neighbours, lowest address first. */
  readonly neighbours: Uint32Array;
  /** Words of a set. */
  readonly words: number;
  readonly #bits: Uint32Array;

  constructor(graph: Graph, source: number) {
    const { starts, targets, addresses } = graph;
    this.neighbours = targets.slice(starts[source], starts[source + 1])
      .sort((one, other) => addresses[one] - addresses[other]);
    this.words = (this.neighbours.length + 31) >>> 5;
    this.#bits = new Uint32Array(graph.size * this.words);
  }

  /** Adds the neighbour with this place in {@link neighbours} to a set. */
  add(vertex: number, place: number): void {
    this.#bits[vertex * this.words + (place >>> 5)] |= 1 << (place & 31);
  }

  /** Adds all of a set, of these sets or of others with the same source, to a set. */
  unite(vertex: number, others: HopSets, other: number): void {
    for (let word = 0; word < this.words; word++) {
      this.#bits[vertex * this.words + word] |= others.#bits[other * this.words + word];
    }
  }

  /** Returns whether the sets of two vertices are the same. */
  same(one: number, other: number): boolean {
    for (let word = 0; word < this.words; word++) {
      if (this.#bits[one * this.words + word] !== this.#bits[other * this.words + word]) return false;
    }
    return true;
  }

  /** Lists the neighbours in a set, lowest address first. */
  members(vertex: number): number[] {
    const members: number[] = [];
    for (let word = 0; word < this.words; word++) {
      for (let bits = this.#bits[vertex * this.words + word]; bits !== 0; bits &= bits - 1) {
        members.push(this.neighbours[word * 32 + 31 - Math.clz32(bits & -bits)]);
      }
    }
    return members;
  }

  /** Returns a text that is the same for the same set. */
  key(vertex: number): string {
    if (this.words === 1) return String(this.#bits[vertex]);
    return this.#bits.subarray(vertex * this.words, (vertex + 1) * this.words).join();
  }
}
