/**
 * Remembers the ids of the last packets. A packet goes round a loop of members in as long as their flows take, so what is remembered
 * grows with the rate at which packets come.
 *
 * @module
 */
import type { Clock } from "../../core/contract/ports.ts";

/** Places of the first tables, and of the largest. Half of them are used. */
const PLACES = { least: 1024, most: 131_072 } as const;
/** Milliseconds in which a packet has come by all ways. Tables that fill up sooner grow. */
const UNDER_WAY = 5000;

/** Pairs of source and number, none of which has source 0, in one array: no packet makes an object. */
class IdTable {
  readonly #pairs: Uint32Array;
  readonly #mask: number;
  size = 0;

  constructor(readonly places: number, private readonly salt: number) {
    this.#pairs = new Uint32Array(2 * places);
    this.#mask = places - 1;
  }

  has(source: number, number: number): boolean {
    return this.#pairs[2 * this.#find(source, number)] !== 0;
  }

  add(source: number, number: number): void {
    const place = this.#find(source, number);
    if (this.#pairs[2 * place] === 0) this.size++;
    this.#pairs[2 * place] = source;
    this.#pairs[2 * place + 1] = number;
  }

  /** Returns the place of the pair, or the empty one where it belongs. Who sends ids cannot choose places, because of the salt. */
  #find(source: number, number: number): number {
    let mixed = Math.imul(source ^ this.salt, 0x9e3779b1) ^ Math.imul(number + this.salt, 0x85ebca6b);
    mixed = Math.imul(mixed ^ mixed >>> 15, 0xc2b2ae35);
    let place = (mixed ^ mixed >>> 13) & this.#mask;
    while (this.#pairs[2 * place] !== 0) {
      if (this.#pairs[2 * place] === source && this.#pairs[2 * place + 1] === number) break;
      place = (place + 1) & this.#mask;
    }
    return place;
  }
}

/**
 * The ids of the last packets, in two tables: when the younger one is full, the older one is forgotten.
 *
 * @example
 * ```ts
 * import { SeenIds } from "./seen_ids.ts";
 * import { VirtualTime } from "../../core/sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 * const seen = new SeenIds(new VirtualTime(), 1);
 * assert.deepEqual([seen.add(7, 1), seen.add(7, 2), seen.add(7, 1)], [true, true, false]);
 * ```
 */
export class SeenIds {
  #young: IdTable;
  #old: IdTable | undefined;
  #since: number;

  /** @param salt a random number of 32 bits */
  constructor(private readonly clock: Clock, private readonly salt: number) {
    this.#young = new IdTable(PLACES.least, salt);
    this.#since = clock.now();
  }

  /** Returns how many ids are remembered. */
  get size(): number {
    return this.#young.size + (this.#old?.size ?? 0);
  }

  /** Remembers an id. False: it was seen before. @param source not 0 */
  add(source: number, number: number): boolean {
    if (this.#young.has(source, number) || this.#old?.has(source, number)) return false;
    this.#young.add(source, number);
    if (2 * this.#young.size >= this.#young.places) this.#turn();
    return true;
  }

  #turn(): void {
    const now = this.clock.now();
    const quick = now - this.#since < UNDER_WAY;
    const { places } = this.#young;
    this.#old = this.#young;
    this.#young = new IdTable(
      quick ? Math.min(PLACES.most, 2 * places) : Math.max(PLACES.least, places / 2),
      this.salt,
    );
    this.#since = now;
  }
}
