/**
 * Spreads packets over the round trip, so that a large window does not become a burst that fills a queue.
 *
 * @module
 */

/** Packets that may go at once, and milliseconds of packets, whichever is more. */
const BURST = 16;
const BURST_TIME = 4;
/** So much time passes between two bursts. */
const GRAIN = 2;

/**
 * Credit of packets that grows with time.
 *
 * @example
 * ```ts
 * import { Pacer } from "./pacer.ts";
 * import assert from "node:assert/strict";
 * const pacer = new Pacer();
 * pacer.rate = 1; // Packets a millisecond.
 * for (let at = 0; at < 16; at++) assert(pacer.may(100)), pacer.sent(1);
 * assert.deepEqual([pacer.may(100), pacer.next(100), pacer.may(102)], [false, 102, true]);
 * ```
 */
export class Pacer {
  /** Packets a millisecond; infinity: the pacer does nothing. */
  rate = Infinity;
  #credit = BURST;
  #at = 0;

  /** Returns whether a packet may be sent. */
  may(now: number): boolean {
    if (this.rate === Infinity) return true;
    const most = Math.max(BURST, this.rate * BURST_TIME);
    this.#credit = Math.min(most, this.#credit + this.rate * (now - this.#at));
    this.#at = now;
    return this.#credit >= 1;
  }

  /** Counts packets that were sent. */
  sent(packets: number): void {
    this.#credit = Math.max(-BURST, this.#credit - packets);
  }

  /** Returns when the next packets may be sent. */
  next(now: number): number {
    const wanted = Math.max(1, Math.min(BURST, this.rate * GRAIN));
    return now + Math.max(GRAIN / 2, (wanted - this.#credit) / this.rate);
  }
}
