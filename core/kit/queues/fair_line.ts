/**
 * A waiting line in which flows take turns: deficit round robin (M. Shreedhar, G. Varghese: Efficient Fair Queuing Using Deficit
 * Round-Robin, 1995), with those that had nothing waiting first, as in RFC 8290.
 *
 * @module
 */
import { FlowPlaces, PLACES } from "./flow_places.ts";
import { Line } from "./line.ts";

/** Bytes of a turn: a large packet. */
const TURN = 1500;
/** Where a flow is: nowhere, among those that have just come, or in the round. */
const ABSENT = 0, FRESH = 1, ROUND = 2;

/**
 * Items that wait, each of a flow and with a size. Adding and taking cost no allocation once the line has been as long.
 *
 * @example
 * ```ts
 * import { FairLine } from "./fair_line.ts";
 * import assert from "node:assert/strict";
 * const line = new FairLine<string>();
 * for (const item of ["a1", "a2", "a3"]) line.add(item, 1500, line.placeOf(7));
 * line.add("b1", 1500, line.placeOf(8));
 * assert.deepEqual(Array.from({ length: 4 }, () => line.next()), ["a1", "b1", "a2", "a3"]);
 * ```
 */
export class FairLine<T> {
  readonly #lines: (Line<T> | undefined)[] = new Array(PLACES).fill(undefined);
  readonly #bytes = new Float64Array(PLACES);
  readonly #credit = new Float64Array(PLACES);
  readonly #places = new Uint8Array(PLACES);
  readonly #flowPlaces = new FlowPlaces(this.#places);
  readonly #fresh = new Line<number>();
  readonly #round = new Line<number>();
  #length = 0;
  #total = 0;
  #flows = 0;

  /** How many items wait. */
  get length(): number {
    return this.#length;
  }

  /** Sum of their sizes. */
  get bytes(): number {
    return this.#total;
  }

  /** How many flows have items. */
  get flows(): number {
    return this.#flows;
  }

  /** Returns the place of a flow, valid until something is taken out. */
  placeOf(flow: number): number {
    return this.#flowPlaces.of(flow);
  }

  /** Items at a place. */
  lengthAt(place: number): number {
    return this.#lines[place]?.length ?? 0;
  }

  /** Sum of their sizes. */
  bytesAt(place: number): number {
    return this.#bytes[place];
  }

  /** Adds an item of the flow that has a place, behind those that the flow has. */
  add(item: T, bytes: number, place: number): void {
    const line = this.#lines[place] ??= new Line<T>();
    if (line.length === 0) this.#flows++;
    line.add(item, bytes);
    this.#length++;
    this.#total += bytes;
    this.#bytes[place] += bytes;
    if (this.#places[place] !== ABSENT) return;
    this.#places[place] = FRESH;
    this.#credit[place] = TURN;
    this.#fresh.add(place, 0);
  }

  /** Takes out the item whose turn it is; returns undefined when none waits. */
  next(): T | undefined {
    if (this.#length === 0) return undefined;
    for (;;) {
      const place = this.#fresh.first ?? this.#round.first;
      if (place === undefined) return undefined;
      const line = this.#lines[place];
      if (line === undefined || line.length === 0) this.#leave(place);
      else if (this.#credit[place] <= 0) {
        this.#credit[place] += TURN;
        this.#moveBack(place);
      } else return this.#take(place, line);
    }
  }

  #take(place: number, line: Line<T>): T | undefined {
    const { size } = line;
    this.#credit[place] -= size;
    this.#bytes[place] -= size;
    this.#total -= size;
    this.#length--;
    const item = line.next();
    if (line.length === 0) this.#flows--;
    return item;
  }

  /** A flow has nothing left. One that has just come waits for a round, so that it cannot come again before the others. */
  #leave(place: number): void {
    if (this.#places[place] === FRESH && this.#round.length > 0) return this.#moveBack(place);
    this.#lineOf(place).next();
    this.#places[place] = ABSENT;
  }

  #moveBack(place: number): void {
    this.#lineOf(place).next();
    this.#places[place] = ROUND;
    this.#round.add(place, 0);
  }

  #lineOf(place: number): Line<number> {
    return this.#places[place] === FRESH ? this.#fresh : this.#round;
  }
}
