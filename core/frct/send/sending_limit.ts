/**
 * How many packets may be under way at once. All that the window allows, until packets are lost: then a little more than the path has
 * carried in a round trip, so that what is sent again does not wait in a queue until the window is used up, and a full queue is not
 * kept full. Random losses cost little by that. After time-outs it starts small.
 *
 * @module
 */
import { ACK_EVERY, FIRST_WINDOW, WINDOW } from "../constants.ts";

/** So few may always be under way. */
const LEAST = 4;
/** A round with a larger part lost is one of congestion. */
const CONGESTION = 0.15;
const LARGEST_GAIN = 1.15;
const LEAST_GAIN = 1;
/** Milliseconds by which processes are late, however short the path. */
const GRAIN = 1;
/** Rounds for which the best rate and a loss are remembered. */
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
  /** The last round with a loss. */
  #lastLoss = -MEMORY;

  /**
   * Counts packets that have arrived, or are taken for lost.
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

  /** Falls to the least, as nothing has arrived for two time-outs. */
  collapse(): void {
    this.packets = LEAST;
  }

  #endRound(duration: number, shortest: number): void {
    const rate = this.#delivered / duration;
    this.#rates[this.#round % MEMORY] = rate;
    const part = this.#lost / (this.#lost + this.#delivered);
    if (part > CONGESTION) this.#gain = Math.max(LEAST_GAIN, this.#gain - 0.1);
    else this.#gain = Math.min(LARGEST_GAIN, this.#gain + 0.05);
    const grown = Math.min(WINDOW, 2 * this.packets);
    if (this.#lost > 0) this.#lastLoss = this.#round;
    if (this.#round - this.#lastLoss >= MEMORY || shortest === Infinity) {
      this.packets = grown;
      return;
    }
    const best = Math.max(...this.#rates);
    const carried = this.#gain * best * (shortest + GRAIN) + ACK_EVERY;
    const least = part > CONGESTION ? ACK_EVERY : FIRST_WINDOW;
    this.packets = Math.min(grown, Math.max(least, Math.ceil(carried)));
  }
}
