/**
 * What a bad path does to packets: loss, duplication, reordering, delay, jitter, corruption, a limited rate. Seeded, and without I/O: the
 * same for simulated links and for flows of a running IPCP.
 *
 * @module
 */
import type { SeededRandom } from "./seeded_random.ts";

/**
 * What may happen to a packet on its way: for each copy that arrives the milliseconds that it comes later than it should. None:
 * it is lost. Copies that are late may be overtaken. The bytes may be changed in place; then all copies have them.
 */
export type Impairment = (packet: Uint8Array, now: number) => readonly number[];

/** What happens to packets, in one direction. Parts are of 1: 0.01 is one packet in a hundred. */
export interface ImpairmentOptions {
  /** Part of the packets that is lost. */
  readonly loss?: number;
  /** Part that arrives twice, the second time up to {@link reorderBy} later. */
  readonly duplicate?: number;
  /** Part that is held back and so overtaken. */
  readonly reorder?: number;
  /** Milliseconds that it is held back at most; 5 when left out. */
  readonly reorderBy?: number;
  /** Part of which a bit is turned round. */
  readonly corrupt?: number;
  /** Milliseconds that each packet takes. */
  readonly delay?: number;
  /** Milliseconds that it takes longer at most, at random. Packets do not overtake each other by that. */
  readonly jitter?: number;
  /** Bits a second; left out: no limit. */
  readonly rate?: number;
  /** With a rate: packets that may wait; more are lost. 1000 when left out. */
  readonly queue?: number;
}

/** What an impairment has done, in packets. */
export interface ImpairmentCounts {
  /** Packets that it was given. */
  packets: number;
  lost: number;
  duplicated: number;
  reordered: number;
  corrupted: number;
  /** Lost because too many waited for the line of limited rate. */
  overflowed: number;
}

/** All of them 0. */
export const noCounts = (): ImpairmentCounts => ({
  packets: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
  overflowed: 0,
});

const LOST: readonly number[] = [];

/**
 * Makes an impairment of packets in one direction: given a packet and the time in milliseconds, for each copy that arrives the
 * milliseconds that it is late. Bytes are changed in place.
 *
 * @param counts is kept up to date
 *
 * @example
 * ```ts
 * import { impairment } from "./impairment.ts";
 * import { SeededRandom } from "./seeded_random.ts";
 * import assert from "node:assert/strict";
 * // 8 kb/s: 100 bytes take 100 ms.
 * const slow = impairment({ rate: 8000, delay: 5 }, new SeededRandom(1));
 * const packet = new Uint8Array(100);
 * assert.deepEqual([slow(packet, 0), slow(packet, 0), slow(packet, 1000)], [[105], [205], [105]]);
 * ```
 */
export function impairment(
  options: ImpairmentOptions,
  random: SeededRandom,
  counts: ImpairmentCounts = noCounts(),
): Impairment {
  const { loss = 0, duplicate = 0, reorder = 0, reorderBy = 5, corrupt = 0, delay = 0, jitter = 0 } = options;
  const line = new Line(options.rate ?? Infinity, options.queue ?? 1000);
  const unit = () => random.uint32() / 0x1_0000_0000;
  const happens = (part: number) => part > 0 && unit() < part;
  let last = 0;
  return (packet, now) => {
    counts.packets++;
    const out = line.send(packet.length, now);
    if (out === Infinity) {
      counts.overflowed++;
      return LOST;
    }
    if (happens(loss)) {
      counts.lost++;
      return LOST;
    }
    if (happens(corrupt) && packet.length > 0) {
      counts.corrupted++;
      packet[random.below(packet.length)] ^= 1 << random.below(8);
    }
    const arrival = Math.max(last, out + delay + (jitter > 0 ? unit() * jitter : 0));
    if (jitter > 0) last = arrival;
    let late = arrival - now;
    if (happens(reorder)) {
      counts.reordered++;
      late += unit() * reorderBy;
    }
    if (!happens(duplicate)) return [late];
    counts.duplicated++;
    return [late, late + unit() * reorderBy];
  };
}

/** A line of a limited rate. */
class Line {
  /** Times at which the packets that wait are out. */
  readonly #departures: number[] = [];
  #first = 0;
  #free = 0;

  constructor(readonly rate: number, readonly queue: number) {}

  /** When the last bit of a packet is out; infinity: too many wait. */
  send(length: number, now: number): number {
    if (this.rate === Infinity) return now;
    const departures = this.#departures;
    while (this.#first < departures.length && departures[this.#first] <= now) this.#first++;
    if (departures.length - this.#first > this.queue) return Infinity;
    if (this.#first > this.queue) departures.splice(0, this.#first), this.#first = 0;
    this.#free = Math.max(this.#free, now) + 8000 * length / this.rate;
    departures.push(this.#free);
    return this.#free;
  }
}
