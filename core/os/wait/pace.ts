/**
 * How densely packets have come lately: whether it pays to sleep for the next one in a call of one's own, and for how long at a time.
 *
 * @module
 */

/** Milliseconds between packets, on average, that are dense enough: others are not worth the wake-ups that sleeping oneself takes. */
const DENSE = 120;
/** A packet is waited for that many of the average gaps, and this much more, but no longer than this, in milliseconds. */
const GAPS = 8, MORE = 50, MOST = 2000;
/** A gap counts as one part of so many in the average. */
const WEIGHT = 4;
/** The shortest and the longest single wait, in milliseconds. */
const SHORTEST = 20, LONGEST = 320;

/** Follows the packets of a process. Times are in milliseconds of one clock. */
export class Pace {
  #last = -Infinity;
  #gap = MOST;
  #wait = SHORTEST;

  /** Notes that there were packets. */
  packets(now: number): void {
    const gap = Math.min(now - this.#last, MOST);
    this.#gap += (gap - this.#gap) / WEIGHT;
    this.#last = now;
  }

  /** Whether the next packet is to be expected soon. */
  dense(now: number): boolean {
    return this.#gap < DENSE && now - this.#last < Math.min(MORE + GAPS * this.#gap, MOST);
  }

  /**
   * Returns how long a single wait may be. What the runtime has put off without a word waits that long, too: so a wait is short after
   * something has happened, and then no longer than nothing has happened before.
   */
  get wait(): number {
    return this.#wait;
  }

  /** Notes how a wait has ended: something had happened, or nothing. */
  waited(something: boolean): void {
    this.#wait = something ? SHORTEST : Math.min(2 * this.#wait, LONGEST);
  }
}
