/**
 * How the packets that went over an N-1 flow lately were shared between flows.
 *
 * @module
 */

import { FlowPlaces, PLACES } from "../../../core/kit/queues/flow_places.ts";

/** Packets that are looked back at: counts are halved when there are so many. */
const COUNTED = 2048;
/** A flow counts as no more than this. */
const MOST = 2;

/** Counts of packets. */
export class FlowShares {
  readonly #counts = new Uint16Array(PLACES);
  readonly #places = new FlowPlaces(this.#counts);
  #sum = 0;
  /** Sum of the squares of counts. */
  #squares = 0;

  /**
   * Counts a packet of a flow.
   *
   * @param flow its number
   * @returns its share, against that of the flow whose packet one meets on average: 1 when all have the same
   */
  add(flow: number): number {
    const place = this.#places.of(flow);
    const count = this.#counts[place]++;
    this.#squares += 2 * count + 1;
    if (++this.#sum >= COUNTED) this.#halve();
    const share = count * this.#sum / this.#squares;
    return share < MOST ? share : MOST;
  }

  #halve(): void {
    let sum = 0, squares = 0;
    const counts = this.#counts;
    for (let place = 0; place < PLACES; place++) {
      const count = counts[place] >>= 1;
      sum += count;
      squares += count * count;
    }
    this.#sum = sum;
    this.#squares = squares;
  }
}
