/**
 * What reads and writes of a flow have in common: when they are refused, and how they wait.
 *
 * @module
 */
import { InvalidError, NotAllocatedError, WouldBlockError } from "../contract/errors.ts";
import type { Fd } from "../contract/ids.ts";
import { cancelled, type WaitOptions, type WaitQueue } from "./wait_queue.ts";

/** A flow as its calls see it. */
export interface CalledFlow {
  /** Number inside this process. */
  readonly fd: Fd;
  /** The name that it was allocated to. */
  readonly name: string;
  /** This process has deallocated it. */
  readonly deallocated: boolean;
  /** Calls that would wait fail instead. */
  readonly nonBlocking: boolean;
}

/** The error of a call that comes after, or waits at, the deallocation. */
export function notAllocated({ fd, name }: CalledFlow): NotAllocatedError {
  return new NotAllocatedError(`flow ${fd} (${name}) was deallocated`);
}

/** @throws NotAllocatedError when this process has deallocated the flow */
export function checkAllocated(flow: CalledFlow): void {
  if (flow.deallocated) throw notAllocated(flow);
}

/**
 * Waits for a call's turn.
 *
 * @param standard milliseconds where the call says nothing; undefined: for ever
 * @param what names the call in errors
 * @throws CancelledError, WouldBlockError, InvalidError when the call cannot wait
 */
export function waitIn<P, R>(
  queue: WaitQueue<P, R>,
  payload: P,
  { signal, timeout }: WaitOptions,
  standard: number | undefined,
  flow: CalledFlow,
  what: string,
): Promise<R> {
  if (signal?.aborted) throw cancelled(`${what} flow ${flow.fd}`, signal);
  if (flow.nonBlocking) throw new WouldBlockError(`${what} flow ${flow.fd} would have to wait`);
  const limit = timeout ?? standard;
  if (limit !== undefined && !(limit >= 0)) {
    throw new InvalidError(`timeout must be a number of milliseconds; it is ${limit}`);
  }
  return queue.add(payload, { signal, timeout: limit });
}
