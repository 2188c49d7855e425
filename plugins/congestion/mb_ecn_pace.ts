/**
 * The pace of an mb-ecn sender: when its next packet may go.
 *
 * The reference sends what its state allows for a slot at once and sleeps to the end of the slot. A slot is far shorter than
 * the time after which a reaction shows, so it decreases a dozen times for one cause; and when packets go in the bursts that
 * timers of two milliseconds make, its count of packets forgets the cause within the burst. So the pace follows the same
 * signals, but takes one step in the time that it takes to see the effect of the last one, and takes more from them:
 *
 * - A level is an average that has to grow first. How often it was told says how far it has grown, so that the first one already
 *   tells how long the queue is.
 * - While all packets are marked, one in eight is told: so the sender knows the rate at which its packets arrive. It goes on at that
 *   rate less a part by which the queue becomes shorter, and no slower, however often it is told.
 * - As long as the last that it was told is a level above 0, a sender that hears nothing more goes ever slower: its packets do not
 *   arrive. In slow start it rises as far as it hears that they do.
 *
 * Flows on one line hear of the same queue. They all give up the same part when it stands, but the part by which they rise falls with
 * the root of their pace: so those that have less win, and shares become even (a binomial control with k = −1/2 and l = 1: D. Bansal,
 * H. Balakrishnan: Binomial Congestion Control Algorithms, 2001).
 *
 * @module
 */

/** Time after which the effect of a step can be seen, queues left out: 2²⁴ ns, the initial slot. Rates are bytes a nanosecond. */
const FEEDBACK = 2 ** 24;
/** The reference's initial limit of a slot. */
const NORMAL = 65536 / FEEDBACK;
/** The rate at first, after so many bytes that go at once; and the slowest. */
const INITIAL = NORMAL / 16;
const AT_ONCE = 8192;
const SLOWEST = 1400 / 250e6;
/** The pace never exceeds that at which packets really went by more than this factor. */
const LEAD = 2;
/** They count as gone at the normal rate at least, in slow start; after it at this part of it. */
const LEAST_CEILING = 1 / 32;

/** In slow start, the pace grows by so many times itself in a {@link FEEDBACK}: the slower it is, the faster, as long as packets arrive. */
const FASTEST_START = 2;
const SLOWEST_START = 0.5;
/** So many times as many packets as have arrived may have gone, and so many more. */
const AHEAD = 2;
const ALLOWANCE = 8;
/** A receiver that says nothing of arrivals for so long does not do so; one that has done so, and what it said was lost. */
const SPEECHLESS = 9 * FEEDBACK;
const LOST = 60 * FEEDBACK;

/** The average forgets this part of itself with each packet (see `mb_ecn_receiver.ts`). Its final weight, and what is missing of it. */
const WEIGHT = 32;
const MISSING_AFTER_TWO = (1 - 1 / WEIGHT) ** 2;
const MISSING_AFTER_EIGHT = (1 - 1 / WEIGHT) ** 8;
/** Packets of a level. */
const LEVEL_PACKETS = 16;
/** The queue is no longer than so many times what the level says. */
const QUEUE_ERROR = 2;

/** Slow start ends when levels are so high: a queue that just begins is that of others. */
const FIRST_LEVEL = 2;
/** Then the pace falls to this part until it is known at which rate packets arrive; to that one if the queue is gone before. */
const LANDING = 1 / 8;
const TOUCHED = 1 / 2;
/** Later cuts: the level against this number, within bounds. */
const LEVELS = 96;
const MIN_CUT = 0.03;
const MAX_CUT = 0.5;
/** A pace that is further above the rate at which packets arrive is cut at once. */
const ABOVE = 1.25;
/** The longest time for which no other cut comes, beyond a {@link FEEDBACK}. */
const MAX_HOLD = 4 * FEEDBACK;

/** The part by which the pace rises in a {@link FEEDBACK} when it is the normal one, and at most. */
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

/** Marked packets from one telling to the next: two after the first, then eight. More than these, and after this time: silence. */
const FIRST_TOLD = 2;
const TOLD = 8;
const MISSED = 1.5;
const SHORTEST_SILENCE = FEEDBACK / 4;
/** The pace falls to this part of what it was at least. */
const LEAST_IN_SILENCE = 1 / 8;
/** It does not fall in so many {@link FEEDBACK}s: processes wait for their turn. */
const LASTING = 4;
/** A silence of so long, and of the time of so many packets, but not of more: that the level is 0 was told, and lost. */
const SILENCE = 12 * FEEDBACK;
const SILENCE_PACKETS = 32;
const MAX_SILENCE = 120 * FEEDBACK;
/** Silence of a sender whose packets have never all been marked. */
const UNKNOWN_SILENCE = 30 * FEEDBACK;
/** Packets over which their length is averaged. */
const SIZES = 16;
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
 * assert.equal(pace.sent(16384, 0), 0);
 * assert.equal(pace.sent(4096, 0), 2 ** 24);
 * ```
 */
export class MbEcnPace {
  #rate = INITIAL;
  /** What the rate may not exceed. */
  #ceiling = LEAD * NORMAL;
  /** Average length of packets. */
  #size = 0;
  /** Average rate at which packets really went. */
  #average = 0;
  #last: number;
  /** Bytes since the ceiling was set. */
  #bytes = 0;
  #measuredAt: number;

  #slowStart = true;
  /** Bytes that may still go at once. */
  #atOnce = AT_ONCE;
  /** Packets that went, and how many of them have arrived at least. */
  #count = 0;
  #arrived = 1;
  #arrivedAt: number;
  /** The rate when slow start is over and the queue gone before it is known at which rate packets arrive; 0: that is over, too. */
  #touched = 0;

  /** Level that the receiver has told, how often since it was 0, and the weight that its average has by that. */
  #level = 0;
  #tellings = 0;
  #weight = 1;
  /** It was told since the last packet. */
  #fresh = false;
  #toldAt = -Infinity;
  #sinceTold = 0;
  /** Rate at which packets arrive, 0 while it is not known: it is measured since a time, from so many packets. */
  #delivery = 0;
  #deliveredSince = 0;
  #delivered = 0;
  /** Packets that went since then. */
  #sentSince = 0;
  /** The pace was cut for the level. */
  #answered = true;
  /** The next cut comes no earlier. */
  #heldUntil = 0;
  /** When the level was above 0 last. */
  #congestedAt: number;

  constructor(nowNs: number) {
    this.#last =
      this.#measuredAt =
      this.#arrivedAt =
      this.#congestedAt =
        nowNs;
  }

  /** Bytes a second. */
  get rate(): number {
    return this.#rate * 1e9;
  }

  /** Takes the level that the receiver has told. */
  update(level: number): void {
    if (level === 0 && this.#level === 0) {
      this.#arrived *= 2;
      this.#arrivedAt = this.#last;
      return;
    }
    this.#level = level;
    this.#fresh = true;
    this.#sinceTold = 0;
    if (level === 0) this.#tellings = 0;
    else this.#told();
  }

  /** Counts a packet of `length` bytes that goes now. Returns the earliest time for the next one. */
  sent(length: number, nowNs: number): number {
    if (nowNs - this.#last > MAX_WAIT) this.#restart();
    this.#measure(length, nowNs);
    this.#listen(nowNs);
    if (this.#level === 0) this.#speedUp(nowNs);
    else if (!this.#slowStart) this.#slowDown(nowNs);
    else if (this.#level >= FIRST_LEVEL * this.#weight) this.#land();
    this.#last = nowNs;
    if (this.#atOnce > 0) {
      this.#atOnce -= length;
      return nowNs;
    }
    return nowNs + Math.min(length / this.#now(nowNs), MAX_WAIT);
  }

  /** The receiver has told a level above 0. */
  #told(): void {
    const tellings = this.#tellings++;
    if (tellings === 0) {
      this.#weight = 1;
      // The measurement begins with the next packet.
      this.#deliveredSince = -1;
      this.#delivery = this.#delivered = 0;
      return;
    }
    this.#weight = WEIGHT -
      (WEIGHT - this.#weight) * (tellings === 1 ? MISSING_AFTER_TWO : MISSING_AFTER_EIGHT);
    this.#delivered += tellings === 1 ? FIRST_TOLD : TOLD;
  }

  #restart(): void {
    this.#rate = Math.min(this.#rate, INITIAL);
    this.#slowStart = true;
    this.#atOnce = AT_ONCE;
    this.#touched = this.#level = this.#tellings = 0;
    // Of what arrives from now on it is not told.
    this.#arrived = 0;
  }

  #measure(length: number, nowNs: number): void {
    this.#size = this.#count++ === 0 ? length : this.#size + (length - this.#size) / SIZES;
    this.#bytes += length;
    const elapsed = nowNs - this.#measuredAt;
    if (elapsed < FEEDBACK) return;
    const rate = this.#bytes / elapsed;
    this.#ceiling = LEAD * Math.max(this.#slowStart ? NORMAL : NORMAL * LEAST_CEILING, rate);
    this.#average += (rate - this.#average) / AVERAGED;
    this.#bytes = 0;
    this.#measuredAt = nowNs;
  }

  #listen(nowNs: number): void {
    this.#sinceTold++;
    this.#sentSince++;
    if (!this.#fresh) return this.#wonder(nowNs);
    this.#fresh = false;
    this.#answered = false;
    this.#toldAt = nowNs;
    if (this.#deliveredSince < 0) {
      this.#deliveredSince = nowNs;
      this.#delivered = this.#sentSince = 0;
      return;
    }
    const elapsed = nowNs - this.#deliveredSince;
    if (this.#delivered === 0 || elapsed < FEEDBACK) return;
    // What has not arrived is in the queue. If more is missing, some packets were not marked, or it was not told of all.
    const queued = QUEUE_ERROR * LEVEL_PACKETS * this.#level / this.#weight;
    const found = Math.max(this.#delivered, this.#sentSince - queued) * this.#size / elapsed;
    this.#sentSince = 0;
    this.#delivery = this.#delivery === 0 ? found : (this.#delivery + found) / 2;
    this.#delivered = 0;
    this.#deliveredSince = nowNs;
  }

  /** Nothing was told: after a while the level is taken for 0. */
  #wonder(nowNs: number): void {
    if (this.#level === 0) return;
    const long = this.#delivery === 0
      ? UNKNOWN_SILENCE
      : Math.min(MAX_SILENCE, SILENCE + SILENCE_PACKETS * this.#size / this.#delivery);
    if (nowNs - this.#toldAt <= long) return;
    this.#rate = this.#now(nowNs);
    this.#touched = this.#level = this.#tellings = 0;
  }

  /** The rate, less when a level should have been told again. */
  #now(nowNs: number): number {
    const rate = this.#rate;
    if (this.#level === 0) return this.#slowStart ? rate * this.#heard(nowNs) : rate;
    const missed = MISSED * (this.#tellings === 1 ? FIRST_TOLD : TOLD);
    const silence = nowNs - this.#toldAt;
    if (this.#sinceTold <= missed || silence < SHORTEST_SILENCE) return rate;
    const least = Math.max(this.#delivery, this.#average / 2) *
      Math.min(1, Math.max(LEAST_IN_SILENCE, LASTING * FEEDBACK / silence));
    return Math.min(rate, Math.max(missed * this.#size / silence, least, SLOWEST));
  }

  /** Slow start is over. */
  #land(): void {
    this.#slowStart = false;
    this.#answered = true;
    this.#touched = this.#rate * TOUCHED;
    this.#rate = this.#average = this.#rate * LANDING;
  }

  #slowDown(nowNs: number): void {
    this.#congestedAt = nowNs;
    if (this.#answered) return;
    const delivery = this.#delivery;
    if (this.#touched > 0) {
      if (delivery === 0) return;
      this.#rate = this.#average = Math.min(this.#touched, delivery);
      this.#touched = 0;
    }
    if (delivery > 0) this.#rate = Math.min(this.#rate, ABOVE * delivery);
    if (nowNs < this.#heldUntil) return;
    this.#answered = true;
    const level = this.#level / this.#weight;
    const cut = Math.min(MAX_CUT, Math.max(MIN_CUT, level / LEVELS));
    // The queue's packets were sent before the cut.
    this.#heldUntil = nowNs + FEEDBACK + Math.min(MAX_HOLD, level * LEVEL_PACKETS * this.#size / this.#rate);
    const cutTo = (delivery > 0 ? delivery : this.#rate) * (1 - cut);
    this.#rate = Math.max(SLOWEST, Math.min(this.#rate, cutTo, this.#ceiling));
  }

  #speedUp(nowNs: number): void {
    if (this.#touched > 0) {
      this.#rate = this.#average = this.#touched;
      this.#touched = 0;
    }
    const rate = this.#rate;
    if (rate >= this.#ceiling) return;
    const time = Math.min(1, (nowNs - this.#last) / FEEDBACK);
    this.#rate += rate * time * (this.#slowStart ? this.#growth(rate, nowNs) : this.#gain(rate, nowNs));
  }

  /** The part by which the pace grows in slow start in a {@link FEEDBACK}. */
  #growth(rate: number, nowNs: number): number {
    const known = this.#count <= AHEAD * this.#arrived + ALLOWANCE;
    if (known) {
      return Math.max(SLOWEST_START, Math.min(FASTEST_START, FASTEST_START * Math.sqrt(NORMAL / rate)));
    }
    return this.#heard(nowNs) < 1 ? 0 : SLOWEST_START;
  }

  /** The part of the packets that may have gone in slow start, at most 1. */
  #heard(nowNs: number): number {
    const may = AHEAD * this.#arrived + ALLOWANCE;
    if (this.#count <= may || nowNs - this.#arrivedAt > (this.#arrived > 1 ? LOST : SPEECHLESS)) return 1;
    return may / this.#count;
  }

  /** The part by which the pace rises in a {@link FEEDBACK}. */
  #gain(rate: number, nowNs: number): number {
    const step = Math.min(MAX_GAIN, GAIN * Math.sqrt(NORMAL / rate));
    if (rate < (1 - STEPS * step) * this.#average) return RECOVERY;
    const since = nowNs - this.#congestedAt - PATIENCE * Math.min(1, step / GAIN);
    return since <= 0 ? step : Math.min(RECOVERY, step + SHARE * (2 ** (since / IMPATIENCE) - 1));
  }
}
