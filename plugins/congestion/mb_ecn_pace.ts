/**
 * The pace of an mb-ecn sender: when its next packet may go.
 *
 * The reference sends what its state allows for a slot at once and sleeps to the end of the slot. A slot is far shorter than
 * the time after which a reaction shows, so it decreases a dozen times for one cause; and when packets go in the bursts that
 * timers of two milliseconds make, its count of packets forgets the cause within the burst. So the pace follows the same
 * signals (what the receiver tells, and when), but takes one step in the time that it takes to see the effect of the last one.
 *
 * @module
 */

/** Time after which the effect of a step can be seen, queues left out: 2²⁴ ns, the initial slot. */
const FEEDBACK = 2 ** 24;
/** Bytes a nanosecond at first: the initial limit of a slot. */
const INITIAL = 65536 / FEEDBACK;
/** The pace never exceeds that at which packets really went by more than this factor. */
const LEAD = 2;
/** Slow start ends with this part of the pace. */
const FIRST_CUT = 0.5;
/** Later cuts: the level against this number, within bounds. */
const LEVELS = 4096;
const MIN_CUT = 0.03;
const MAX_CUT = 0.3;
/** Up to this part of what packets went at on average, the pace rises by half in a {@link FEEDBACK}. */
const KNEE = 0.9;
/** So many {@link FEEDBACK}s make the average. */
const AVERAGED = 32;
const RECOVERY = 0.5;
/** Beyond, by a fixed step, which makes shares even, and a small part of itself; slow flows by no more than an eighth. */
const STEP = INITIAL / 2;
const SHARE = 1 / 128;
const MAX_SHARE = 1 / 8;
/** The longer there was no congestion, the larger the part: it doubles in this time, up to {@link RECOVERY}. */
const IMPATIENCE = 8 * FEEDBACK;
/** A level that was not told again is forgotten after so many packets and a {@link FEEDBACK}. */
const FORGET = 32;
/** The sender never waits longer, in nanoseconds; after a longer silence it begins anew. */
const MAX_WAIT = 1e9;

/**
 * The pace of one flow. Times are nanoseconds of a monotonic clock.
 *
 * @example
 * ```ts
 * import { MbEcnPace } from "./mb_ecn_pace.ts";
 * import assert from "node:assert/strict";
 * const pace = new MbEcnPace(0);
 * assert.equal(pace.sent(65536, 0), 2 ** 24);
 * ```
 */
export class MbEcnPace {
  /** Bytes a nanosecond. */
  #rate = INITIAL;
  /** What the rate may not exceed. */
  #ceiling = LEAD * INITIAL;
  #slowStart = true;
  /** Level that the receiver has told. */
  #level = 0;
  #toldAt = -Infinity;
  #fresh = false;
  #sinceUpdate = 0;
  /** Average rate at which packets really went. */
  #average = 0;
  /** When the level was above 0 last. */
  #congestedAt = 0;
  /** The next cut comes no earlier. */
  #heldUntil = 0;
  #last: number;
  /** Bytes since the ceiling was set. */
  #bytes = 0;
  #measuredAt: number;

  constructor(nowNs: number) {
    this.#last = nowNs;
    this.#measuredAt = nowNs;
  }

  /** Bytes a second. */
  get rate(): number {
    return this.#rate * 1e9;
  }

  /** Takes the level that the receiver has told. */
  update(level: number): void {
    this.#level = level;
    this.#fresh = true;
    this.#sinceUpdate = 0;
  }

  /** Counts a packet of `length` bytes that goes now. Returns the earliest time for the next one. */
  sent(length: number, nowNs: number): number {
    if (nowNs - this.#last > MAX_WAIT) this.#restart();
    this.#measure(length, nowNs);
    this.#listen(nowNs);
    if (this.#level > 0) this.#slowDown(length, nowNs);
    else this.#speedUp(nowNs);
    this.#last = nowNs;
    return nowNs + Math.min(length / this.#rate, MAX_WAIT);
  }

  #restart(): void {
    this.#rate = Math.min(this.#rate, INITIAL);
    this.#slowStart = true;
  }

  #measure(length: number, nowNs: number): void {
    this.#bytes += length;
    const elapsed = nowNs - this.#measuredAt;
    if (elapsed < FEEDBACK) return;
    const rate = this.#bytes / elapsed;
    this.#ceiling = LEAD * Math.max(INITIAL, rate);
    this.#average += (rate - this.#average) / AVERAGED;
    this.#bytes = 0;
    this.#measuredAt = nowNs;
  }

  #listen(nowNs: number): void {
    if (this.#fresh) {
      this.#fresh = false;
      this.#toldAt = nowNs;
    }
    if (this.#level > 0 && ++this.#sinceUpdate > FORGET && nowNs - this.#toldAt > FEEDBACK) this.#level = 0;
  }

  #slowDown(length: number, nowNs: number): void {
    this.#congestedAt = nowNs;
    if (nowNs < this.#heldUntil) return;
    const cut = this.#slowStart ? FIRST_CUT : Math.min(MAX_CUT, Math.max(MIN_CUT, this.#level / LEVELS));
    if (this.#slowStart) this.#average = this.#rate * (1 - cut);
    this.#slowStart = false;
    // The average level is about twice the length of the queue, and the queue's packets were sent before the cut.
    this.#heldUntil = nowNs + FEEDBACK + this.#level / 2 * length / this.#rate;
    this.#rate *= 1 - cut;
  }

  #step(nowNs: number): number {
    const share = SHARE * 2 ** ((nowNs - this.#congestedAt) / IMPATIENCE);
    if (share > MAX_SHARE) return this.#rate * Math.min(share, RECOVERY);
    return Math.min(STEP + this.#rate * share, this.#rate * MAX_SHARE);
  }

  #speedUp(nowNs: number): void {
    const rate = this.#rate;
    if (rate >= this.#ceiling) return;
    const time = Math.min(1, (nowNs - this.#last) / FEEDBACK);
    if (this.#slowStart) this.#rate += rate * time;
    else if (rate < KNEE * this.#average) this.#rate += rate * RECOVERY * time;
    else this.#rate += this.#step(nowNs) * time;
  }
}
