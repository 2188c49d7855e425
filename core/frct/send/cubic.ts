/**
 * How a window grows after it was reduced (CUBIC, RFC 9438): quickly back to where it was, slowly there, and quickly beyond; and never
 * slower than that of TCP Reno.
 *
 * @module
 */

/** What is left of the window after a loss by congestion. */
export const BETA = 0.7;
/** Packets a cubic second. */
const SCALE = 0.4;
/** Packets a round trip that grow like TCP Reno with {@link BETA}, until the window is as large as before the loss. */
const FRIENDLY = 3 * (1 - BETA) / (1 + BETA);

/**
 * The growth of one window, in packets; times are milliseconds.
 *
 * @example
 * ```ts
 * import { Cubic } from "./cubic.ts";
 * import assert from "node:assert/strict";
 * const cubic = new Cubic();
 * cubic.reduced(1000, 700, 0);
 * let window = 700;
 * for (let now = 0; now < 9000; now += 100) window = cubic.grown(window, window, 100, now);
 * assert.equal(Math.round(window / 10), 100);
 * ```
 */
export class Cubic {
  /** The window before the reduction, and when it will be that large again, after {@link #since}. */
  #most = 0;
  #seconds = 0;
  #since = 0;
  /** What TCP Reno would have. */
  #friendly = 0;

  /** The window was reduced. */
  reduced(before: number, window: number, now: number): void {
    // A window that has not got as far as the last time leaves room for others ("fast convergence").
    this.#most = Math.max(window, before < this.#most ? before * (1 + BETA) / 2 : before);
    this.#seconds = Math.cbrt((this.#most - window) / SCALE);
    this.#since = now;
    this.#friendly = window;
  }

  /** The window was not used for so long, which does not count. */
  rest(time: number): void {
    this.#since += time;
  }

  /** Returns what the window is when so many packets have arrived. */
  grown(window: number, arrivals: number, trip: number, now: number): number {
    const seconds = (now - this.#since + trip) / 1000 - this.#seconds;
    const target = this.#most + SCALE * seconds * seconds * seconds;
    this.#friendly += (this.#friendly < this.#most ? FRIENDLY : 1) * arrivals / window;
    const step = Math.min(Math.max(0, target - window), window / 2) * arrivals / window;
    return Math.max(window + step, this.#friendly);
  }
}
