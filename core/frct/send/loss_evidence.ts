/**
 * Which packets are lost, by what has arrived (after RACK, RFC 8985): a packet is lost when one that was sent after it has arrived,
 * and it has had that one's time and a while more. The while grows when packets are seen to be overtaken.
 *
 * @module
 */
import { type ArrivalObserver, FATE, type Flight } from "./flight.ts";
import type { RoundTrip } from "./round_trip.ts";

const LEAST_WHILE = 1;
/** The while may be as long as a round trip, or this. */
const LARGEST_WHILE = 10;

/** Observes arrivals and finds losses. */
export class LossEvidence implements ArrivalObserver {
  /** Packets that have arrived since {@link begin}. */
  arrivals = 0;
  #now = 0;
  /** The last transmission of which is known that it arrived; and that of {@link begin}. */
  #newest = -1;
  #before = -1;
  #newestAt = 0;
  /** Round trip of that one. */
  #trip = 0;
  /** Round trip of the last packet of which it is known which transmission has arrived; −1: none. */
  sample = -1;
  /** Among the arrivals is one that was sent again. */
  #filled = false;
  /** How late packets were that had been overtaken. */
  #lag = 0;

  constructor(private readonly flight: Flight, private readonly roundTrip: RoundTrip) {}

  /** Returns the newest transmission that is known to have arrived; −1 when none is. */
  get newest(): number {
    return this.#newest;
  }

  /** Begins to read an acknowledgement. */
  begin(now: number): void {
    this.#now = now;
    this.arrivals = 0;
    this.sample = -1;
    this.#filled = false;
    this.#before = this.#newest;
  }

  arrived(place: number): void {
    const { orders, sentAt, tries, fates } = this.flight;
    this.arrivals++;
    const trip = this.#now - sentAt[place];
    if (tries[place] === 1) {
      if (!this.#filled) this.sample = trip;
      if (orders[place] < this.#before) this.#overtaken(this.#now - this.#newestAt - this.#trip);
      if (fates[place] === FATE.lost) this.#overtaken(trip - this.roundTrip.smoothed);
    } else {
      // What lay behind the gap arrived before, nobody knows when.
      this.#filled = true;
      this.sample = -1;
      // Not this transmission has arrived but an earlier one: it was not lost.
      if (trip < this.roundTrip.shortest / 2) return this.#overtaken(2 * this.#while());
    }
    if (orders[place] <= this.#newest) return;
    this.#newest = orders[place];
    this.#newestAt = sentAt[place];
    this.#trip = trip;
  }

  /** Ends an acknowledgement: measures the round trip that it tells of. */
  measure(): void {
    if (this.sample >= 0) this.roundTrip.measured(this.sample, this.#now);
    else this.roundTrip.recovered();
  }

  /**
   * Takes packets for lost.
   *
   * @returns when others will have to be, if they do not arrive; infinity: none
   */
  find(now: number): number {
    const { flight } = this;
    const { orders, sentAt } = flight;
    const patience = this.#trip + this.#while();
    for (let place = flight.firstSent; place >= 0 && orders[place] < this.#newest;) {
      const due = sentAt[place] + patience;
      if (due > now) return due;
      const next = flight.sentAfter(place);
      flight.lose(place);
      place = next;
    }
    return Infinity;
  }

  #while(): number {
    return Math.max(LEAST_WHILE, Math.min(this.#lag, Math.max(LARGEST_WHILE, this.roundTrip.smoothed)));
  }

  #overtaken(by: number): void {
    if (by > this.#lag) this.#lag = by * 1.25;
  }
}
