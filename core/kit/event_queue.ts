/**
 * A queue of events to come: a heap of four children a node in typed arrays, so that an event costs no allocation.
 *
 * @module
 */

const INITIAL = 1024;

/**
 * Ids (small whole numbers) with times; the earliest comes first, and of equal times the one that was added first.
 *
 * @example
 * ```ts
 * import { EventQueue } from "./event_queue.ts";
 * import assert from "node:assert/strict";
 * const queue = new EventQueue();
 * queue.push(20, 1);
 * queue.push(10, 2);
 * queue.push(10, 3);
 * assert.deepEqual([queue.time, queue.pop(), queue.pop(), queue.pop(), queue.time], [10, 2, 3, 1, Infinity]);
 * ```
 */
export class EventQueue {
  #times = new Float64Array(INITIAL);
  /** Rises with every event. */
  #orders = new Float64Array(INITIAL);
  #ids = new Int32Array(INITIAL);
  #length = 0;
  #order = 0;

  /** Returns how many events wait. */
  get length(): number {
    return this.#length;
  }

  /** Returns the time of the first event; infinity when no event waits. */
  get time(): number {
    return this.#length > 0 ? this.#times[0] : Infinity;
  }

  /** Returns the id of the first event. An event must wait. */
  get first(): number {
    return this.#ids[0];
  }

  /** Adds an event. */
  push(time: number, id: number): void {
    if (this.#length === this.#times.length) this.#grow();
    this.#raise(this.#length++, time, this.#order++, id);
  }

  /** Takes the first event out and returns its id. An event must wait. */
  pop(): number {
    const first = this.#ids[0];
    const last = --this.#length;
    if (last > 0) this.#sink(0, this.#times[last], this.#orders[last], this.#ids[last]);
    return first;
  }

  /** Removes every event whose id `keep` refuses. */
  filter(keep: (id: number) => boolean): void {
    const [times, orders, ids] = [this.#times, this.#orders, this.#ids];
    let kept = 0;
    for (let at = 0; at < this.#length; at++) {
      if (!keep(ids[at])) continue;
      times[kept] = times[at];
      orders[kept] = orders[at];
      ids[kept++] = ids[at];
    }
    this.#length = kept;
    for (let at = (kept - 2) >> 2; at >= 0; at--) this.#sink(at, times[at], orders[at], ids[at]);
  }

  #raise(at: number, time: number, order: number, id: number): void {
    const [times, orders, ids] = [this.#times, this.#orders, this.#ids];
    while (at > 0) {
      const parent = (at - 1) >> 2;
      // Its order is the highest of all: an equal time stays in front.
      if (times[parent] <= time) break;
      times[at] = times[parent];
      orders[at] = orders[parent];
      ids[at] = ids[parent];
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    ids[at] = id;
  }

  #sink(at: number, time: number, order: number, id: number): void {
    const times = this.#times, orders = this.#orders, ids = this.#ids, length = this.#length;
    for (;;) {
      const first = 4 * at + 1;
      if (first >= length) break;
      let least = first;
      let leastTime = times[first];
      for (let child = first + 1; child < length && child < first + 4; child++) {
        const childTime = times[child];
        if (childTime > leastTime) continue;
        if (childTime < leastTime || orders[child] < orders[least]) {
          least = child;
          leastTime = childTime;
        }
      }
      if (leastTime > time || (leastTime === time && orders[least] > order)) break;
      times[at] = leastTime;
      orders[at] = orders[least];
      ids[at] = ids[least];
      at = least;
    }
    times[at] = time;
    orders[at] = order;
    ids[at] = id;
  }

  #grow(): void {
    const twice = <T extends Float64Array | Int32Array>(old: T, grown: T): T => {
      grown.set(old);
      return grown;
    };
    const size = 2 * this.#times.length;
    this.#times = twice(this.#times, new Float64Array(size));
    this.#orders = twice(this.#orders, new Float64Array(size));
    this.#ids = twice(this.#ids, new Int32Array(size));
  }
}
