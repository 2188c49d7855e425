/**
 * What is measured of a path, round by round: a round ends when something has arrived that was sent after it began.
 *
 * @module
 */
import type { Flight } from "./flight.ts";
import type { LossEvidence } from "./loss_evidence.ts";
import type { RoundTrip } from "./round_trip.ts";

/** Rounds for which the best rate is remembered. */
const MEMORY = 8;

/** The model of one direction. Times are milliseconds, rates packets a millisecond. */
export class PathModel {
  /** Rounds so far. */
  round = 0;
  /** How long the last round was. */
  duration = 0;
  /** Packets of the round that are lost, and their part of it. */
  lost = 0;
  lossPart = 0;
  /** The best rate at which packets have arrived of late. */
  rate = 0;
  /** Time for which all packets of the last round waited in queues, as far as is known. */
  queue = 0;
  /** The shortest round trip of the last round, and of the one before; infinity: nothing was measured. */
  shortest = Infinity;
  before = Infinity;
  /** Round trips that were measured in this round, and the shortest of them. */
  samples = 0;
  least = Infinity;
  readonly #rates = new Float64Array(MEMORY);
  #startedAt = 0;
  /** The round is over when a transmission from here on has arrived. */
  #end = 0;
  #arrived = 0;
  #lost = 0;
  /** The last round trip, and the round that it was measured in. */
  #last = 0;
  #lastIn = -2;

  constructor(
    private readonly flight: Flight,
    private readonly evidence: LossEvidence,
    private readonly roundTrip: RoundTrip,
  ) {}

  /** Returns for how long the last packet that was measured waited in queues; 0: nothing was measured of late. */
  get waited(): number {
    return this.#lastIn < this.round - 1 ? 0 : this.#last - this.roundTrip.shortest;
  }

  /** Returns how many packets fill the path and a queue of so many milliseconds; 0: nothing was measured. */
  fill(queue: number, now: number): number {
    if (this.roundTrip.shortest === Infinity) return 0;
    const passed = now - this.#startedAt;
    const rate = passed < this.roundTrip.shortest / 2
      ? this.rate
      : Math.max(this.rate, this.#arrived / passed);
    return rate * (this.roundTrip.shortest + queue);
  }

  /**
   * Takes an acknowledgement, by which so many packets were found to be lost. Returns whether a round has ended.
   *
   * @param held the sender could have sent more in this round: its rate is that of the path
   */
  observe(lost: number, now: number, held: boolean): boolean {
    const { arrivals, sample, newest } = this.evidence;
    this.#arrived += arrivals;
    this.#lost += lost;
    this.lost = this.#lost;
    this.lossPart = this.#lost / Math.max(1, this.#lost + this.#arrived);
    if (arrivals > 0 && sample >= 0) {
      this.#last = sample;
      this.#lastIn = this.round;
      if (sample < this.least) this.least = sample;
      this.samples++;
    }
    if (newest < this.#end) return false;
    if (this.#startedAt > 0) this.#measure(Math.max(now - this.#startedAt, 0.1), held);
    this.round++;
    this.#startedAt = now;
    this.#end = this.flight.transmissions;
    this.#arrived = this.#lost = this.samples = 0;
    this.least = Infinity;
    return true;
  }

  #measure(duration: number, held: boolean): void {
    this.duration = duration;
    const rate = this.#arrived / duration;
    // One that had little to send says nothing of the path, unless it was faster.
    if (held || rate > this.rate) {
      this.#rates[this.round % MEMORY] = rate;
      this.rate = Math.max(...this.#rates);
    }
    this.before = this.shortest;
    this.shortest = this.least;
    if (this.least !== Infinity) this.queue = Math.max(0, this.least - this.roundTrip.shortest);
  }
}
