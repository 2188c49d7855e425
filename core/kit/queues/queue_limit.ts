/**
 * How long a queue may be that another one stands behind, where the order of packets is settled: long enough that whoever takes
 * from it never finds it empty, and no longer. What is in it cannot be overtaken, and who sends does not see it.
 *
 * @module
 */

/** Milliseconds of packets that the queue has: more than it takes until somebody who was told puts in more. */
const WORTH = 10;
/** A shorter time than this, in milliseconds, cannot be told from none. */
const LEAST_TIME = 0.001;
/** The limit before anything is known. */
const INITIAL = 256;
/** A measurement counts by this part: packets are of several sizes, and who takes may have waited for the processor. */
const COUNTS = 1 / 2;

/**
 * The limit of one queue, in packets.
 *
 * @example
 * ```ts
 * import { QueueLimit } from "./queue_limit.ts";
 * import assert from "node:assert/strict";
 * const limit = new QueueLimit(4, 4096);
 * limit.full(256, 0);
 * limit.sent(); // One more.
 * // 129 packets in 10 ms, which counts by half.
 * limit.drained(128, 10);
 * assert.equal(limit.packets, 193);
 * ```
 */
export class QueueLimit {
  /** Packets that may be in the queue. */
  packets: number;
  #since = NaN;
  #queued = 0;
  #sent = 0;

  /**
   * @param least the limit is never less
   * @param most nor more
   * @param initial the limit before anything is known
   */
  constructor(private readonly least: number, private readonly most: number, initial = INITIAL) {
    this.packets = Math.min(most, initial);
  }

  /** The queue is full: until it is {@link drained} it is measured what is taken. */
  full(queued: number, now: number): void {
    if (!Number.isNaN(this.#since)) return;
    this.#since = now;
    this.#queued = queued;
    this.#sent = 0;
  }

  /** A packet was put in. */
  sent(): void {
    this.#sent++;
  }

  /** `queued` packets are left. */
  drained(queued: number, now: number): void {
    const took = now - this.#since;
    if (Number.isNaN(took)) return;
    this.#since = NaN;
    const taken = this.#queued + this.#sent - queued;
    // It grows step by step: a few small packets are out in no time.
    const most = 2 * this.packets;
    // Who takes had nothing left before this was noticed: what he could have taken is not known.
    const ranDry = queued <= this.packets >> 2;
    const found = ranDry ? most : Math.min(most, taken * WORTH / Math.max(took, LEAST_TIME));
    const limit = Math.round(this.packets + (found - this.packets) * COUNTS);
    this.packets = Math.min(this.most, Math.max(this.least, limit));
  }
}
