/**
 * What reads and writes of a flow have in common: when they are refused, and how they wait.
 *
 * @module
 */
import {
  FlowDownError,
  FlowPeerError,
  InvalidError,
  NotAllocatedError,
  PermissionError,
  TimedOutError,
  WouldBlockError,
} from "../contract/errors.ts";
import type { Fd } from "../contract/ids.ts";
import { cancelled, type WaitOptions, type WaitQueue } from "./irmd/wait_queue.ts";

/** A flow as its calls see it. */
export interface CalledFlow {
  /** Number inside this process. */
  readonly fd: Fd;
  /** The name that it was allocated to. */
  readonly name: string;
  /** This process has deallocated it. */
  readonly deallocated: boolean;
}

/** A flow as streams over it see it. */
export interface PacketFlow extends CalledFlow {
  /** All that is written arrives, once and in order. */
  readonly reliable: boolean;
  /** Largest packet, in bytes. */
  readonly maxPacket: number;
  /** Reads one packet, which is valid until the next read. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes one packet. */
  write(packet: Uint8Array): Promise<void>;
  /** Writes one packet if there is room. */
  tryWrite(packet: Uint8Array): boolean;
  /** Ends the flow. */
  deallocate(options?: { readonly linger?: number }): Promise<void>;
}

/** What a process may do with a flow. */
export type FlowAccess = "read" | "write" | "read-write";

/** How long a call waits where it says nothing. */
export interface Patience {
  /** Milliseconds; undefined: for ever. */
  readonly timeout: number | undefined;
  /** Not at all. */
  readonly nonBlocking: boolean;
}

/** Returns whether an error only says that the flow is lost, and what was written with it. */
export function isLoss(thrown: unknown): boolean {
  return [TimedOutError, FlowDownError, FlowPeerError].some((Class) => thrown instanceof Class);
}

/** Returns the error of a call that comes after, or waits at, the deallocation. */
export function notAllocated({ fd, name }: CalledFlow): NotAllocatedError {
  return new NotAllocatedError(`flow ${fd} (${name}) was deallocated`);
}

/** Checks that the flow is allocated. @throws NotAllocatedError when this process has deallocated the flow */
export function checkAllocated(flow: CalledFlow): void {
  if (flow.deallocated) throw notAllocated(flow);
}

/** @throws PermissionError when the flow's access is another, NotAllocatedError when this process has deallocated it */
export function checkAccess(flow: CalledFlow, allowed: boolean, what: string): void {
  checkAllocated(flow);
  if (!allowed) {
    throw new PermissionError(`${what} flow ${flow.fd} (${flow.name}) is not allowed: see its access`);
  }
}

/**
 * Waits for a call's turn.
 *
 * @param what names the call in errors
 * @throws CancelledError, WouldBlockError, InvalidError when the call cannot wait
 */
export function waitIn<P, R>(
  queue: WaitQueue<P, R>,
  payload: P,
  { signal, timeout }: WaitOptions,
  standard: Patience,
  flow: CalledFlow,
  what: string,
): Promise<R> {
  if (signal?.aborted) throw cancelled(`${what} flow ${flow.fd}`, signal);
  if (standard.nonBlocking) throw new WouldBlockError(`${what} flow ${flow.fd} would have to wait`);
  const limit = timeout ?? standard.timeout;
  if (limit !== undefined && !(limit >= 0)) {
    throw new InvalidError(`timeout must be a number of milliseconds; it is ${limit}`);
  }
  return queue.add(payload, { signal, timeout: limit });
}
