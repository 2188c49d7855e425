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
  /** A set that is being made: see {@link begin}. */
  readonly #made: Uint32Array;

  constructor(graph: Graph, source: number) {
    const { starts, ends, targets, addresses } = graph;
    this.neighbours = targets.slice(starts[source], ends[source])
      .sort((one, other) => addresses[one] - addresses[other]);
    this.words = (this.neighbours.length + 31) >>> 5;
    this.#bits = new Uint32Array(graph.size * this.words);
    this.#made = new Uint32Array(this.words);
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

  /** Begins a new set, which {@link replace} puts in the place of a vertex' own. */
  begin(): void {
    this.#made.fill(0);
  }

  /** Adds all of a set, of these sets or of others with the same source, to the new one. */
  gather(others: HopSets, other: number): void {
    for (let word = 0; word < this.words; word++) {
      this.#made[word] |= others.#bits[other * this.words + word];
    }
  }

  /** The new set becomes that of a vertex. @returns whether it is another one than before */
  replace(vertex: number): boolean {
    let changed = false;
    for (let word = 0; word < this.words; word++) {
      const at = vertex * this.words + word;
      if (this.#bits[at] === this.#made[word]) continue;
      this.#bits[at] = this.#made[word];
      changed = true;
    }
    return changed;
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
