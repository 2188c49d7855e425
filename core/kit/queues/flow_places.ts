/**
 * Places for flows in a table of fixed size: a set-associative hash, so that few flows share a place as long as there are fewer of
 * them than places.
 *
 * @module
 */

/** Places, and places that a flow may have; powers of two. */
export const PLACES = 1024;
const WAYS = 8;
const SHIFT = 32 - Math.log2(PLACES / WAYS);

/** Finds the places of flows. */
export class FlowPlaces {
  readonly #flows = new Int32Array(PLACES);

  /** @param taken for each place, what is not 0 while it has a flow; kept by the user of the table */
  constructor(private readonly taken: { readonly [place: number]: number }) {}

  /** Returns the place of a flow: that which it has, or one that no other has, or one that it shares. */
  of(flow: number): number {
    const first = (Math.imul(flow, 0x9e3779b1) >>> SHIFT) * WAYS;
    let free = -1;
    for (let place = first; place < first + WAYS; place++) {
      if (this.#flows[place] === (flow | 0)) return place;
      if (free < 0 && this.taken[place] === 0) free = place;
    }
    if (free < 0) return first + (flow & WAYS - 1);
    this.#flows[free] = flow;
    return free;
  }
}
