/**
 * The log for what strangers cause. Anybody on a network can send requests for flows, thousands a second, and must not fill
 * the log of the host with them.
 *
 * @module
 */
import type { Clock, Log } from "../../contract/ports.ts";

/** Lines at once. */
const BURST = 1000;
/** Lines a second, when that many have been written. */
const RATE = 20;

/** Passes lines on, as many as the limit allows, and says how many it has left out. */
export class RequestLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #room = BURST;
  #filled: number;
  #leftOut = 0;

  /** @param log takes the lines */
  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#filled = clock.now();
  }

  /** As {@link Log.error}. */
  error(text: string): void {
    if (this.#passes()) this.#log.error(text);
  }

  /** As {@link Log.warning}. */
  warning(text: string): void {
    if (this.#passes()) this.#log.warning(text);
  }

  /** As {@link Log.info}. */
  info(text: string): void {
    if (this.#passes()) this.#log.info(text);
  }

  /** As {@link Log.debug}. */
  debug(text: string): void {
    if (this.#passes()) this.#log.debug(text);
  }

  #passes(): boolean {
    const now = this.#clock.now();
    this.#room = Math.min(BURST, this.#room + (now - this.#filled) * RATE / 1000);
    this.#filled = now;
    if (this.#room < 1) {
      this.#leftOut++;
      return false;
    }
    this.#room--;
    if (this.#leftOut > 0) {
      this.#log.warning(`${this.#leftOut} lines on requests for flows are left out: there are too many.`);
      this.#leftOut = 0;
    }
    return true;
  }
}
