/**
 * Impairs packets as a bad path does: loss, duplication, reordering, delay, jitter, corruption, a limited rate. The impairment draws
 * from a seed and does no I/O, so simulated links and flows of a running IPCP use the same one.
 *
 * @module
 */
import { LimitedLine } from "./queues/limited_line.ts";
import type { SeededRandom } from "./seeded_random.ts";

/**
 * Decides what happens to a packet on its way: returns, for each copy that arrives, the milliseconds by which the copy is late. An
 * empty list means that the packet is lost. Other packets may overtake a late copy. An impairment may change the bytes in place; then
 * all copies have the changed bytes.
 */
export type Impairment = (packet: Uint8Array, now: number) => readonly number[];

/** What happens to packets in one direction. A part of 0.01 is one packet in a hundred. */
export interface ImpairmentOptions {
  /** Part of the packets that is lost. */
  readonly loss?: number;
  /** Part of the packets that arrives twice, the second time up to {@link reorderBy} later. */
  readonly duplicate?: number;
  /** Part of the packets that is held back, so that others overtake them. */
  readonly reorder?: number;
  /** Milliseconds that a packet is held back at most; 5 when left out. */
  readonly reorderBy?: number;
  /** Part of the packets of which one bit is inverted. */
  readonly corrupt?: number;
  /** Milliseconds that each packet takes. */
  readonly delay?: number;
  /** Milliseconds that a packet takes longer at most, at random. Jitter does not make packets overtake each other. */
  readonly jitter?: number;
  /** Bits a second; left out: no limit. */
  readonly rate?: number;
  /** With a rate: packets that may wait; more are lost. 1000 when left out. */
  readonly queue?: number;
}

/** Returns counts of what an impairment has done, in packets, that are all 0. */
export const noCounts = () => ({
  /** Packets that the impairment was given. */
  packets: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
  /** Packets lost because too many waited for the line of limited rate. */
  overflowed: 0,
});

/** Counts of what an impairment has done, in packets. */
export type ImpairmentCounts = ReturnType<typeof noCounts>;

const LOST: readonly number[] = [];

/** Returns the line of limited rate of an impairment; undefined when its rate has no limit. */
export const lineOf = ({ rate = Infinity, queue = 1000 }: ImpairmentOptions): LimitedLine | undefined =>
  rate === Infinity ? undefined : new LimitedLine(rate, queue + 1);

/**
 * Makes the impairment of packets in one direction.
 *
 * @param counts the impairment keeps them up to date
 * @param line for those who want to see its queue: what {@link lineOf} gives for `options`
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
  line: LimitedLine | undefined = lineOf(options),
): Impairment {
  const { loss = 0, duplicate = 0, reorder = 0, reorderBy = 5, corrupt = 0, delay = 0, jitter = 0 } = options;
  const unit = () => random.uint32() / 0x1_0000_0000;
  const happens = (part: number) => part > 0 && unit() < part;
  let last = 0;
  return (packet, now) => {
    counts.packets++;
    const out = line === undefined ? now : line.send(packet.length, now);
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
