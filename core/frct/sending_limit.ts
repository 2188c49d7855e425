/**
 * How many packets may be under way at once. All that the window allows, until packets are lost: then about twice what the path has
 * carried in a round trip, so that random losses cost little and a full queue is not kept full. After time-outs it starts small.
 *
 * @module
 */
import { ACK_DELAY, ACK_EVERY, WINDOW } from "./constants.ts";

/** So few may always be under way. */
const LEAST = 4;
/** A round with a larger part lost is one of congestion. */
const CONGESTION = 0.15;
const LARGEST_GAIN = 2;
const LEAST_GAIN = 1.1;
/** Rounds for which the best rate is remembered. */
const MEMORY = 8;

/** The limit of one flow end. */
export class SendingLimit {
  /** Packets. */
  packets = WINDOW;
  #gain = LARGEST_GAIN;
  readonly #rates = new Float64Array(MEMORY);
  #round = 0;
  #roundStart = 0;
  /** The round is over when a transmission from here on has arrived. */
  #roundEnd = 0;
  #delivered = 0;
  #lost = 0;

  /**
   * Packets have arrived, or are taken for lost.
   *
   * @param newest the newest transmission that has arrived
   * @param transmissions transmissions so far
   * @param shortest the shortest round trip, in milliseconds
   */
  observe(
    delivered: number,
    lost: number,
    newest: number,
    transmissions: number,
    shortest: number,
    now: number,
  ) {
    this.#delivered += delivered;
    this.#lost += lost;
    if (newest < this.#roundEnd) return;
    if (this.#roundStart > 0) this.#endRound(Math.max(now - this.#roundStart, 0.1), shortest);
    this.#round++;
    this.#roundStart = now;
    this.#roundEnd = transmissions;
    this.#delivered = this.#lost = 0;
  }

  /** Nothing has arrived for two time-outs. */
  collapse(): void {
    this.packets = LEAST;
  }

  #endRound(duration: number, shortest: number): void {
    const rate = this.#delivered / duration;
    this.#rates[this.#round % MEMORY] = rate;
    const part = this.#lost / (this.#lost + this.#delivered);
    if (part > CONGESTION) this.#gain = Math.max(LEAST_GAIN, this.#gain * 0.8);
    else this.#gain = Math.min(LARGEST_GAIN, this.#gain + 0.1);
    const grown = Math.min(WINDOW, 2 * this.packets);
    if (this.#lost === 0 || shortest === Infinity) {
      this.packets = grown;
      return;
    }
    const best = Math.max(...this.#rates);
    const carried = this.#gain * best * shortest + 2 * ACK_EVERY + best * ACK_DELAY;
    this.packets = Math.max(LEAST, Math.min(grown, Math.ceil(carried)));
  }
}
