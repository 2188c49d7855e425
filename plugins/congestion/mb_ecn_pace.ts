/**
 * The pace of an mb-ecn sender: when its next packet may go.
 *
 * The reference sends what its state allows for a slot at once and sleeps to the end of the slot. A slot is far shorter than
 * the time after which a reaction shows, so it decreases a dozen times for one cause; and when packets go in the bursts that
 * timers of two milliseconds make, its count of packets forgets the cause within the burst. So the pace follows the same
 * signals (what the receiver tells, and when), but takes one step in the time that it takes to see the effect of the last one.
 *
 * Flows on one line hear of the same queue. They all give up the same part when it stands, but the part by which they rise falls with
 * the root of their pace: so those that have less win, and shares become even (a binomial control with k = −1/2 and l = 1: D. Bansal,
 * H. Balakrishnan: Binomial Congestion Control Algorithms, 2001).
 *
 * @module
 */

/** Time after which the effect of a step can be seen, queues left out: 2²⁴ ns, the initial slot. */
const FEEDBACK = 2 ** 24;
/** Bytes a nanosecond at first: the initial limit of a slot. */
const INITIAL = 65536 / FEEDBACK;
/** The pace never exceeds that at which packets really went by more than this factor. */
const LEAD = 2;
/** They count as gone at the initial pace at least, in slow start; after it at this part of it. */
const LEAST_CEILING = 1 / 32;
/** Slow start ends when the level is so high (a queue that just begins is that of others), with this part of the pace. */
const FIRST_LEVEL = 64;
const FIRST_CUT = 0.5;
/** Later cuts: the level against this number, within bounds. */
const LEVELS = 3072;
const MIN_CUT = 0.03;
const MAX_CUT = 0.3;
/** The longest time for which no other cut comes, beyond a {@link FEEDBACK}. */
const MAX_HOLD = 4 * FEEDBACK;
/** The part by which the pace rises in a {@link FEEDBACK} when it is the initial one, and at most. */
const GAIN = 1 / 32;
const MAX_GAIN = 1 / 8;
/**
 * What steps would not win back in so many {@link FEEDBACK}s, below what packets went at on average, is won back by half of the pace
 * in each.
 */
const STEPS = 14;
const RECOVERY = 0.5;
/** So many {@link FEEDBACK}s make the average. */
const AVERAGED = 32;
/**
 * When there was no congestion for so long, a part of the pace comes on top, which doubles in each {@link IMPATIENCE}; sooner in
 * proportion where steps are small, as those of quick flows.
 */
const PATIENCE = 24 * FEEDBACK;
const IMPATIENCE = 8 * FEEDBACK;
const SHARE = 1 / 128;
/** The receiver tells a level again with every eighth packet: when none comes in the time of so many, or so long, it has changed. */
const TOLD_WITHIN = 12;
const MAX_SILENCE = 4 * FEEDBACK;
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
  /** It was told since the last packet. */
  #fresh = false;
  /** The pace was cut for it. */
  #answered = true;
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
    if (this.#congested(length, nowNs)) this.#slowDown(length, nowNs);
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
    this.#ceiling = LEAD * Math.max(this.#slowStart ? INITIAL : INITIAL * LEAST_CEILING, rate);
    this.#average += (rate - this.#average) / AVERAGED;
    this.#bytes = 0;
    this.#measuredAt = nowNs;
  }

  #listen(nowNs: number): void {
    if (this.#fresh) {
      this.#fresh = false;
      this.#answered = false;
      this.#toldAt = nowNs;
    }
    if (this.#level === 0 || ++this.#sinceUpdate <= FORGET) return;
    if (nowNs - this.#toldAt > FEEDBACK && nowNs > this.#heldUntil) this.#level = 0;
  }

  #congested(length: number, nowNs: number): boolean {
    if (this.#level < (this.#slowStart ? FIRST_LEVEL : 1)) return false;
    const past = nowNs - this.#toldAt;
    return past < FEEDBACK || (past < MAX_SILENCE && past < TOLD_WITHIN * length / this.#rate);
  }

  #slowDown(length: number, nowNs: number): void {
    this.#congestedAt = nowNs;
    if (this.#answered || nowNs < this.#heldUntil) return;
    this.#answered = true;
    const cut = this.#slowStart ? FIRST_CUT : Math.min(MAX_CUT, Math.max(MIN_CUT, this.#level / LEVELS));
    if (this.#slowStart) this.#average = this.#rate * (1 - cut);
    this.#slowStart = false;
    // The average level is about twice the length of the queue, and the queue's packets were sent before the cut.
    this.#heldUntil = nowNs + FEEDBACK + Math.min(MAX_HOLD, this.#level / 2 * length / this.#rate);
    this.#rate = Math.min(this.#rate * (1 - cut), this.#ceiling);
  }

  #speedUp(nowNs: number): void {
    const rate = this.#rate;
    if (rate >= this.#ceiling) return;
    const time = Math.min(1, (nowNs - this.#last) / FEEDBACK);
    this.#rate += rate * time * (this.#slowStart ? 1 : this.#gain(rate, nowNs));
  }

  /** The part by which the pace rises in a {@link FEEDBACK}. */
  #gain(rate: number, nowNs: number): number {
    const step = Math.min(MAX_GAIN, GAIN * Math.sqrt(INITIAL / rate));
    if (rate < (1 - STEPS * step) * this.#average) return RECOVERY;
    const since = nowNs - this.#congestedAt - PATIENCE * Math.min(1, step / GAIN);
    return since <= 0 ? step : Math.min(RECOVERY, step + SHARE * (2 ** (since / IMPATIENCE) - 1));
  }
}
