/**
 * Calls that wait for their turn, first come first served, each with its own time limit and signal.
 *
 * @module
 */
import { CancelledError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Timer, Timers } from "../../contract/ports.ts";

/** How long a call may wait. */
export interface WaitOptions {
  /** Milliseconds after which the call fails with a {@link TimedOutError}; left out: no limit. */
  readonly timeout?: number;
  /** Ends the wait with a {@link CancelledError}. */
  readonly signal?: AbortSignal;
}

interface Waiter<Payload, Result> {
  readonly payload: Payload;
  readonly settle: (result: Result) => void;
  readonly fail: (error: OuroError) => void;
}

/** Returns the error of a call whose signal was raised. */
export function cancelled(what: string, signal: AbortSignal): CancelledError {
  return new CancelledError(`${what} was cancelled`, { cause: signal.reason });
}

/** A queue of waiting calls. Each brings a payload and gets a result. */
export class WaitQueue<Payload, Result> {
  readonly #waiters = new Set<Waiter<Payload, Result>>();

  /** @param what names the call in errors */
  constructor(private readonly timers: Timers, private readonly what: string) {}

  /** How many calls wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** The payload of the call whose turn it is. */
  get first(): Payload | undefined {
    return this.#waiters.values().next().value?.payload;
  }

  /** Waits for the turn of a call. */
  add(payload: Payload, options: WaitOptions = {}): Promise<Result> {
    const { timeout, signal } = options;
    if (signal?.aborted) return Promise.reject(cancelled(this.what, signal));
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const leave = () => {
        this.#waiters.delete(waiter);
        timer?.cancel();
        signal?.removeEventListener("abort", abort);
      };
      const fail = (error: OuroError) => {
        leave();
        reject(error);
      };
      const settle = (result: Result) => {
        leave();
        resolve(result);
      };
      const abort = () => signal && fail(cancelled(this.what, signal));
      const waiter = { payload, settle, fail };
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", abort);
      if (timeout !== undefined) {
        timer = this.timers.after(
          timeout,
          () => fail(new TimedOutError(`${this.what} was not possible within ${timeout} ms`)),
        );
      }
    });
  }

  /** Ends the first wait with a result. */
  settleFirst(result: Result): void {
    this.#waiters.values().next().value?.settle(result);
  }

  /** Ends the first wait with an error. */
  failFirst(error: OuroError): void {
    this.#waiters.values().next().value?.fail(error);
  }

  /** Ends all waits with an error, which is made only when somebody waits: mostly nobody does. */
  failAll(why: OuroError | (() => OuroError)): void {
    if (this.#waiters.size === 0) return;
    const error = typeof why === "function" ? why() : why;
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }
}
