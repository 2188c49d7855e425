/**
 * A request to the IRMd that may be given up while it waits.
 *
 * @module
 */
import { type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import type { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { cancelled, type WaitOptions } from "./wait_queue.ts";

/** The IRMd keeps the time limits; it is given up on when it is so many milliseconds late. */
const LATE = 1000;

/** What is asked. */
export interface Question extends WaitOptions {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** Names the operation in errors. */
  readonly what: string;
}

/**
 * Asks the IRMd.
 *
 * @param discard takes a result that comes after the request was given up
 * @param arrived takes any other one before the next message is read
 */
export function ask(
  peer: RpcPeer,
  timers: Timers,
  question: Question,
  discard: (result: unknown) => void,
  arrived: (result: unknown) => void = () => {},
): Promise<unknown> {
  const { method, params, what, timeout, signal } = question;
  if (signal?.aborted) return Promise.reject(cancelled(what, signal));
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    let answered = false;
    let givenUp = false;
    const giveUp = (error: OuroError) => {
      if (answered || givenUp) return;
      givenUp = true;
      leave();
      // The answer to `cancel` says nothing more than the answer to the request itself, which `discard` takes care of.
      peer.request("cancel", { id }, () => {});
      reject(error);
    };
    const abort = () => signal && giveUp(cancelled(what, signal));
    const leave = () => {
      timer?.cancel();
      signal?.removeEventListener("abort", abort);
    };
    signal?.addEventListener("abort", abort);
    if (timeout !== undefined) {
      timer = timers.after(timeout + LATE, () => {
        giveUp(new TimedOutError(`${what} was not possible within ${timeout} ms: the IRMd does not answer`));
      });
    }
    const id = peer.request(method, params, (outcome) => {
      answered = true;
      leave();
      if (!outcome.ok) reject(outcome.error);
      else if (givenUp) discard(outcome.value);
      else {
        arrived(outcome.value);
        resolve(outcome.value);
      }
    });
  });
}
