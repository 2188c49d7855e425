/**
 * The receiving end of mb-ecn: averages the marks of a flow and says when its sender is to be told.
 *
 * @module
 */

/** The average forgets 2⁻⁵ of itself with each marked packet. */
const AVERAGE_SHIFT = 5;
/** Marked packets between two updates. */
const INTERVAL = 8;

/** Everything that a receiver remembers. */
export interface MbEcnReceiverState {
  /** The averaged level, as told to the sender (`rx_ece`). */
  readonly level: number;
  /** Marked packets since the first of the series (`rx_ctr`). */
  readonly marked: number;
}

/**
 * One flow's receiving end.
 *
 * @example
 * ```ts
 * import { MbEcnReceiver } from "./mb_ecn_receiver.ts";
 * import assert from "node:assert/strict";
 * const receiver = new MbEcnReceiver();
 * assert.deepEqual([0, 3, 0].map((level) => receiver.received(level)), [undefined, 3, 0]);
 * ```
 */
export class MbEcnReceiver {
  #level = 0;
  #marked = 0;

  /** Returns the averaged level. */
  get level(): number {
    return this.#level;
  }

  /** Takes the level of a packet. Returns the level to tell the sender, or undefined when there is nothing to tell. */
  received(level: number): number | undefined {
    if (level === 0) {
      if (this.#level === 0) return undefined;
      this.#level >>= 2;
      return this.#level === 0 ? 0 : undefined;
    }
    if (this.#level === 0) {
      this.#level = level;
      this.#marked = 0;
      return level;
    }
    this.#level += level - (this.#level >> AVERAGE_SHIFT);
    return this.#marked++ % INTERVAL === 1 ? this.#level : undefined;
  }

  /** Returns what it remembers. */
  state(): MbEcnReceiverState {
    return { level: this.#level, marked: this.#marked };
  }
}
