/**
 * The ends of flows at this IPCP, by EID.
 *
 * @module
 */
import { ExhaustedError } from "../../../core/contract/errors.ts";
import type { Random } from "../../../core/contract/ports.ts";

/** The lowest bits of an EID are its place in the table; the other 50 are random, so that nobody else can guess it. */
const PLACE_BITS = 14;
const PLACES = 1 << PLACE_BITS;
const PLACE = PLACES - 1;

/** What has an EID. */
export interface Endpoint {
  /** Upper 32 bits of its EID; the table sets it. */
  high: number;
  /** Lower 32 bits. */
  low: number;
}

/**
 * Endpoints by EID.
 *
 * @example
 * ```ts
 * import { EndpointTable } from "./endpoint_table.ts";
 * import { SeededRandom } from "../../../core/kit/seeded_random.ts";
 * import assert from "node:assert/strict";
 * const table = new EndpointTable(new SeededRandom(1));
 * const endpoint = { high: 0, low: 0 };
 * table.add(endpoint);
 * assert.equal(table.find(endpoint.high, endpoint.low), endpoint);
 * ```
 */
export class EndpointTable<T extends Endpoint> {
  readonly #places: (T | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;

  constructor(private readonly random: Random) {}

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Gives the endpoint an EID: 64 or more, not that of another one, and not all ones.
   *
   * @throws ExhaustedError when there are too many
   */
  add(endpoint: T): void {
    const place = this.#free.pop() ?? this.#places.length;
    if (place >= PLACES) throw new ExhaustedError(`this IPCP has ${PLACES} ends of flows already`);
    do {
      endpoint.high = this.random.uint32();
    } while (endpoint.high === 0 || endpoint.high === 0xffffffff);
    endpoint.low = (this.random.uint32() & ~PLACE | place) >>> 0;
    this.#places[place] = endpoint;
    this.#size++;
  }

  /** The endpoint with this EID. */
  find(high: number, low: number): T | undefined {
    const endpoint = this.#places[low & PLACE];
    return endpoint !== undefined && endpoint.low === low && endpoint.high === high ? endpoint : undefined;
  }

  /** Takes an endpoint out. False: it was not there. */
  remove(endpoint: T): boolean {
    const place = endpoint.low & PLACE;
    if (this.#places[place] !== endpoint) return false;
    this.#places[place] = undefined;
    this.#free.push(place);
    this.#size--;
    return true;
  }
}
