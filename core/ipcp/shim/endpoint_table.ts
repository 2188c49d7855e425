/**
 * The ends of flows at this IPCP, by their ids: random, so that they cannot be guessed, and not given again for a while, since
 * the reference goes on sending to an end that is gone.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { Clock, Random } from "../../contract/ports.ts";

/** Milliseconds for which an id rests while there are others: the default time after which a flow's peer counts as gone. */
const LONG_REST = 120_000;
const RESTING = 0xffff;

/** What has an id. */
export interface Endpoint {
  /** The table sets it. */
  id: number;
}

/** Which ids there are. */
export interface IdRange {
  readonly firstId: number;
  /** At most 65534. */
  readonly lastId: number;
  /** Milliseconds for which an id is not given again, however few there are. */
  readonly rest: number;
}

/**
 * Endpoints by id.
 *
 * @example
 * ```ts
 * import { EndpointTable } from "./endpoint_table.ts";
 * import { SeededRandom } from "../../kit/seeded_random.ts";
 * import { VirtualTime } from "../../sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 * const ports = { clock: new VirtualTime(), random: new SeededRandom(1) };
 * const table = new EndpointTable(ports, { firstId: 2, lastId: 63, rest: 200 });
 * const endpoint = { id: 0 };
 * table.add(endpoint);
 * assert.equal(table.find(endpoint.id), endpoint);
 * ```
 */
export class EndpointTable<T extends Endpoint> {
  /** By id: 0: free; {@link RESTING}; else the place in the list, plus one. */
  readonly #places: Uint16Array;
  readonly #list: (T | undefined)[] = [];
  readonly #freePlaces: number[] = [];
  /** Ids that rest and when they began, the longest first. */
  readonly #resting = new Map<number, number>();
  #size = 0;

  constructor(
    private readonly ports: { readonly clock: Clock; readonly random: Random },
    private readonly range: IdRange,
  ) {
    this.#places = new Uint16Array(range.lastId + 1);
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** All of them. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const endpoint of this.#list) if (endpoint !== undefined) yield endpoint;
  }

  /** Gives the endpoint an id. @throws ExhaustedError when there is none */
  add(endpoint: T): void {
    const id = this.#take();
    const place = this.#freePlaces.pop() ?? this.#list.length;
    this.#list[place] = endpoint;
    this.#places[id] = place + 1;
    this.#size++;
    endpoint.id = id;
  }

  /** The endpoint with this id, whatever number that is. */
  find(id: number): T | undefined {
    const place = this.#places[id];
    return place === undefined || place === 0 || place === RESTING ? undefined : this.#list[place - 1];
  }

  /** Takes an endpoint out, if it is there. */
  remove(endpoint: T): void {
    const { id } = endpoint;
    if (this.find(id) !== endpoint) return;
    const place = this.#places[id] - 1;
    this.#list[place] = undefined;
    this.#freePlaces.push(place);
    this.#places[id] = RESTING;
    this.#resting.set(id, this.ports.clock.now());
    this.#size--;
  }

  #take(): number {
    const { firstId, lastId, rest } = this.range;
    const count = lastId - firstId + 1;
    this.#wake(LONG_REST, Infinity);
    let left = count - this.#size - this.#resting.size;
    if (left === 0) left = this.#wake(rest, 1);
    if (left === 0) throw new ExhaustedError(`all ${count} ids for ends of flows are in use in this IPCP`);
    for (let id = firstId + this.ports.random.uint32() % count;; id = id === lastId ? firstId : id + 1) {
      if (this.#places[id] === 0) return id;
    }
  }

  /** Frees up to `most` ids that have rested for so long; how many it were. */
  #wake(rest: number, most: number): number {
    const until = this.ports.clock.now() - rest;
    let woken = 0;
    for (const [id, since] of this.#resting) {
      if (since > until || woken === most) break;
      this.#resting.delete(id);
      this.#places[id] = 0;
      woken++;
    }
    return woken;
  }
}
