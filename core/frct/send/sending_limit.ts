/**
 * How many packets may be under way at once, towards an end of our kind, which says soon and exactly what has arrived.
 *
 * The window starts slowly and finds its end by delay (HyStart++, RFC 9406), then grows and is reduced by losses as that of TCP does
 * (CUBIC, RFC 9438), so that both have their part of a path. What differs, as TCP on its own would fill every queue, and come to a
 * halt by losses that have nothing to do with queues:
 *
 * - A loss counts when packets wait in a queue at that time, or when much is lost (after TCP Veno, Fu and Liew, 2003); then no less
 *   is left than what fills the path without a queue (TCP Westwood, Mascolo et al., 2001).
 * - When a queue stands for a round, the window is reduced to what fills the path; while there is none, it grows by a part of itself.
 *   When the queue stays all the same, somebody else keeps it full: then for a while delay does not count (the two modes of Copa,
 *   Arun and Balakrishnan, 2018).
 *
 * A reference says late what has arrived: towards it all that the window allows may be under way, until packets are lost; then a
 * little more than the path has carried in a round trip.
 *
 * @module
 */
import { ACK_EVERY, FIRST_WINDOW, SHORT_TRIP, WINDOW } from "../constants.ts";
import { BETA, Cubic } from "./cubic.ts";
import type { Flight } from "./flight.ts";
import type { LossEvidence } from "./loss_evidence.ts";
import { PathModel } from "./path_model.ts";
import type { RoundTrip } from "./round_trip.ts";

/** So few may always be under way. */
const LEAST = 4;
/**
 * A round with a larger part lost is one of congestion, whatever the delay; for n packets, so much more divided by the root of n; but
 * not one of fewer packets lost.
 */
const CONGESTION = 0.15;
const FEW = 8;
const CHANCE = 0.7;
/** In the slow start, a part that is lost while packets wait in a queue. */
const SLOW_START_LOSS = 0.05;
/** HyStart++: limits of the delay that slows the slow start down, in ms; rounds in which it goes on so, and how much slower. */
const LEAST_RISE = 4;
const LARGEST_RISE = 16;
const CAUTIOUS_ROUNDS = 5;
/** Round trips that have to be measured in a round for that; and that are too long, one after the other, to end it at once. */
const ENOUGH = 8;
const CAUTION = 4;
/** A standing queue is one of so many milliseconds, and of that part of the round trip, and of so many packets. */
const QUEUE = 5;
const QUEUE_PART = 1 / 8;
const QUEUE_PACKETS = 2 * ACK_EVERY;
/** The part by which a queue may become longer again in each round, when losses have shown how long it can be. */
const FORGETTING = 1.01;
/** A packet that was lost may have found a queue full that is as short as that, in ms. */
const SHORT = 2;
/** Rounds in which a reduction shows. */
const SETTLING = 3;
/**
 * A queue that becomes shorter by less than that part of what the own reduction should have made of it is kept full by somebody else:
 * at once, or when that was so twice.
 */
const DEAF = 0.35;
const HARD_OF_HEARING = 0.6;
/** So long delay does not count then, at first and at most, in ms; and for so many round trips. */
const RIVALRY = 20_000;
const LONGEST_RIVALRY = 60_000;
const RIVAL_ROUNDS = 64;
/** The part by which the window grows in a round when there is no queue, and no queue was full for so many ms. */
const FREE_GROWTH = 1 / 32;
const FREE_AFTER = 5000;
/** Over shorter round trips nothing is paced: timers are too coarse, in ms. */
const PACED_TRIP = 20;
/** Towards a reference: what may be under way, by what the path carries; milliseconds by which processes are late. */
const PLAIN_GAIN = 1.15;
const GRAIN = 1;
/** Rounds for which a loss is remembered there. */
const MEMORY = 8;

/** The limit of one flow end. */
export class SendingLimit {
  /** Packets that may be under way. */
  packets = WINDOW;
  /** The largest that {@link packets} may become. */
  most = WINDOW;
  /** Set when the limit keeps a packet back: only then may it grow. */
  held = false;
  readonly #model: PathModel;
  readonly #cubic = new Cubic();
  /** The other end is of our kind. */
  #ours = false;
  #measured = false;
  #window = FIRST_WINDOW;
  #slowStart = true;
  /** The slow start ends with such a window. */
  #threshold = Infinity;
  /** HyStart++: rounds that the cautious part has still got, 0 outside of it; the round trip at its beginning. */
  #cautious = 0;
  #cautiousTrip = 0;
  /** Acknowledgements in a row by which a packet has waited in a queue. */
  #late = 0;
  #wasHeld = false;
  /** Losses count again when a transmission from here on has arrived. */
  #recovery = 0;
  /** Round from which on a queue is looked at again; when a loss last showed that one was full. */
  #lookFrom = 0;
  #fullAt = -Infinity;
  /** Reductions, one after the other, that the queue did not become shorter by; how long it was, and how much shorter it should be. */
  #unheard = 0;
  #queueBefore = 0;
  #expected = 0;
  /** Packets that waited for so long were lost, in ms: queues were full. */
  #overflow = Infinity;
  /** The window before these reductions. */
  #before = 0;
  /** Somebody else keeps the queue full, until then. */
  #rivalUntil = 0;
  #rivalry = RIVALRY;
  #gain = PLAIN_GAIN;
  #lastLoss = -MEMORY;

  constructor(
    private readonly flight: Flight,
    private readonly evidence: LossEvidence,
    private readonly roundTrip: RoundTrip,
  ) {
    this.#model = new PathModel(flight, evidence, roundTrip);
  }

  /** The other end is known to be of our kind. */
  peerIsOurs(): void {
    if (this.#ours) return;
    this.#ours = true;
    this.#show();
  }

  /** Packets wait in a queue, or many are lost: the path carries no more. */
  get full(): boolean {
    return this.#waits || this.#model.lossPart > SLOW_START_LOSS;
  }

  /** Packets a millisecond that are sent at most; infinity: as fast as the limit allows. */
  get pace(): number {
    const { smoothed } = this.roundTrip;
    if (!this.#ours || smoothed < PACED_TRIP) return Infinity;
    return (this.#slowStart ? 2 : 1.25) * this.#window / smoothed;
  }

  /** The limit has kept packets back in this round or the last one. */
  get binding(): boolean {
    return this.held || this.#wasHeld;
  }

  /** Takes what an acknowledgement has told, by which so many packets were taken for lost. */
  observe(lost: number, now: number): void {
    const held = this.binding;
    const over = this.#model.observe(lost, now, held || !this.#ours);
    if (this.#ours) {
      if (!this.#measured) this.#begin();
      if (lost > 0) this.#lose(now);
      if (held) this.#grow(this.evidence.arrivals, now);
      if (this.#slowStart) this.#hystart(over, now);
      if (over) this.#endRound(held, now);
      this.#show();
    } else if (over) this.#endPlainRound();
    if (!over) return;
    this.#wasHeld = this.held;
    this.held = false;
  }

  /** Falls to the least, as nothing has arrived for two time-outs. */
  collapse(now: number): void {
    this.#threshold = Math.max(LEAST, this.#window / 2);
    this.#reduce(LEAST, now);
    this.#slowStart = true;
    this.#cautious = 0;
    this.packets = LEAST;
  }

  #begin(): void {
    const { smoothed } = this.roundTrip;
    this.#measured = smoothed > 0;
    if (this.#measured && smoothed < SHORT_TRIP) this.#window = Math.max(this.#window, WINDOW);
  }

  #show(): void {
    this.#window = Math.max(LEAST, Math.min(this.#window, this.most));
    this.packets = Math.floor(this.#window);
  }

  #lose(now: number): void {
    const model = this.#model;
    if (this.evidence.newest < this.#recovery) return;
    const waits = this.#waits && (!this.#slowStart || model.lossPart > SLOW_START_LOSS);
    // Of few packets, a large part may be lost by chance.
    const most = CONGESTION + CHANCE * Math.sqrt(model.lossPart / model.lost);
    if (!waits && (model.lost < FEW || model.lossPart < most)) return;
    if (waits) this.#overflow = Math.min(this.#overflow, model.waited);
    if (waits && !this.#slowStart && model.round >= this.#lookFrom) this.#fullAt = now;
    const part = this.#slowStart && model.rate > 0 ? 0 : BETA * this.#window;
    this.#reduce(now < this.#rivalUntil ? part : Math.max(part, model.fill(0, now)), now);
  }

  /** Packets wait in a queue that may be full: how long it can become is not known. */
  get #waits(): boolean {
    return this.#model.waited > SHORT + this.roundTrip.shortest * QUEUE_PART / 2 + LEAST / this.#model.rate;
  }

  /** Milliseconds that a packet waits in a queue that is too long. */
  get #queue(): number {
    return QUEUE + this.roundTrip.shortest * QUEUE_PART + QUEUE_PACKETS / this.#model.rate;
  }

  #reduce(window: number, now: number): void {
    const before = this.#window;
    this.#window = Math.max(LEAST, Math.min(window, before));
    this.#cubic.reduced(before, this.#window, now);
    this.#slowStart = false;
    this.#recovery = this.flight.transmissions;
    this.#lookFrom = this.#model.round + SETTLING;
  }

  #grow(arrivals: number, now: number): void {
    if (this.#slowStart) {
      this.#window += this.#cautious > 0 ? arrivals / CAUTION : arrivals;
      if (this.#window >= this.#threshold) this.#reduce(this.#threshold, now);
    } else this.#window = this.#cubic.grown(this.#window, arrivals, this.roundTrip.smoothed, now);
  }

  #endRound(held: boolean, now: number): void {
    const model = this.#model;
    if (model.shortest === Infinity) return;
    if (!held) this.#cubic.rest(model.duration);
    this.#overflow *= FORGETTING;
    const queue = this.#queue;
    const limit = Math.max(queue / 4, Math.min(queue, this.#overflow / 2));
    if (model.queue < limit / 2) {
      this.#unheard = 0;
      const free = now >= this.#rivalUntil && now - this.#fullAt > FREE_AFTER;
      if (held && !this.#slowStart && free) this.#window *= 1 + FREE_GROWTH;
    }
    if (model.queue > limit && now >= this.#rivalUntil && model.round >= this.#lookFrom) {
      this.#yield(limit, now);
    }
  }

  /** A queue stands. */
  #yield(queue: number, now: number): void {
    const model = this.#model;
    if (this.#isDeaf()) {
      this.#window = Math.max(this.#window, this.#before);
      this.#rivalUntil = now + Math.max(this.#rivalry, RIVAL_ROUNDS * this.roundTrip.smoothed);
      this.#rivalry = Math.min(LONGEST_RIVALRY, 2 * this.#rivalry);
      this.#unheard = this.#expected = 0;
      return;
    }
    if (this.#unheard === 0) this.#before = this.#window;
    const before = this.#window;
    const least = this.#slowStart ? 0 : BETA * before;
    this.#reduce(Math.max(ACK_EVERY, least, model.fill(queue / 4, now)), now);
    this.#queueBefore = model.queue;
    this.#expected = (before - this.#window) / model.rate;
  }

  /** Returns whether the queue stays as it is although the window was reduced. */
  #isDeaf(): boolean {
    if (this.#expected === 0) return false;
    const part = (this.#queueBefore - this.#model.queue) / this.#expected;
    if (part >= HARD_OF_HEARING) this.#unheard = 0;
    else this.#unheard++;
    return this.#unheard > 1 || part < DEAF;
  }

  /** A round in which even the shortest of several round trips is longer than in the round before is the beginning of the end. */
  /** A round in which even the shortest of several round trips is longer than in the round before is the beginning of the end. */
  #hystart(over: boolean, now: number): void {
    const { samples, least, shortest, waited } = this.#model;
    this.#late = waited > this.#queue ? this.#late + 1 : 0;
    if (this.#late >= ENOUGH) return this.#reduce(this.#model.fill(this.#queue / 4, now), now);
    if (this.#cautious > 0 && over && --this.#cautious === 0) return this.#reduce(this.#window, now);
    if (samples !== ENOUGH) return;
    const rise = Math.max(LEAST_RISE, Math.min(LARGEST_RISE, shortest / 8));
    if (this.#cautious > 0 && least < this.#cautiousTrip) this.#cautious = 0;
    else if (this.#cautious === 0 && least >= shortest + rise) {
      this.#cautious = CAUTIOUS_ROUNDS;
      this.#cautiousTrip = least;
    }
  }

  #endPlainRound(): void {
    const { lossPart, rate, round } = this.#model;
    if (lossPart > 0) this.#lastLoss = round;
    if (lossPart > CONGESTION) this.#gain = Math.max(1, this.#gain - 0.1);
    else this.#gain = Math.min(PLAIN_GAIN, this.#gain + 0.05);
    const grown = Math.min(WINDOW, 2 * this.packets);
    const { shortest } = this.roundTrip;
    if (round - this.#lastLoss >= MEMORY || shortest === Infinity) {
      this.packets = grown;
      return;
    }
    const carried = this.#gain * rate * (shortest + GRAIN) + ACK_EVERY;
    const least = lossPart > CONGESTION ? ACK_EVERY : FIRST_WINDOW;
    this.packets = Math.min(grown, Math.max(least, Math.ceil(carried)));
  }
}
