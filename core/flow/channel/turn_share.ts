/**
 * How long the packets of one connection may take before others have their turn. The clock is looked at seldom: where packets take no
 * time, a look would cost more than some of them.
 *
 * @module
 */
import type { Clock } from "../../contract/ports.ts";

/** Milliseconds for which packets of one connection are handled one after the other: quick ones that are read at once take less. */
const SHARE = 20;
/** Packets between two looks at the clock. */
const FEWEST = 16, MOST = 1024;
/** Milliseconds between two looks that are long: the next look comes sooner. */
const LONG = 2;

/** The share of one connection. */
export class TurnShare {
  #every = FEWEST;
  #left = FEWEST;
  /** When the first look of this turn was, and the last one; undefined: there was none. */
  #first: number | undefined;
  #last = 0;

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** Counts a packet that was handled. @returns whether others are to have their turn */
  over(): boolean {
    return --this.#left === 0 && this.#look();
  }

  /** No packet is there for now, or others have had their turn. */
  end(): void {
    this.#first = undefined;
  }

  #look(): boolean {
    const now = this.clock.now();
    if (this.#first === undefined) this.#first = now;
    else if (now - this.#last >= LONG) this.#every = Math.max(FEWEST, this.#every >> 2);
    else this.#every = Math.min(MOST, this.#every * 2);
    this.#last = now;
    this.#left = this.#every;
    return now - this.#first >= SHARE;
  }
}
