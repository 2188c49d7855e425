/**
 * The log for what strangers cause. Anybody on a network can send requests for flows, thousands a second, and must not fill
 * the log of the host with them.
 *
 * @module
 */
import type { Clock, Log } from "../../contract/ports.ts";
import { TokenBucket } from "../../kit/token_bucket.ts";

/** Lines at once, and lines a second when that many have been written. */
const LIMIT = { burst: 1000, rate: 20 };

/** Passes lines on, as many as the limit allows, and says how many it has left out. */
export class RequestLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #room = new TokenBucket(LIMIT);
  #leftOut = 0;

  /** @param log takes the lines */
  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
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
    if (!this.#room.take(this.#clock.now())) {
      this.#leftOut++;
      return false;
    }
    if (this.#leftOut > 0) {
      this.#log.warning(`${this.#leftOut} lines on requests for flows are left out: there are too many.`);
      this.#leftOut = 0;
    }
    return true;
  }
}
