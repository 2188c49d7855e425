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
  NotSupportedError,
  PermissionError,
  TimedOutError,
  WouldBlockError,
} from "../contract/errors.ts";
import type { Fd } from "../contract/ids.ts";
import { flowTimers, systemClock } from "../os/clock.ts";
import { endTurn } from "../os/turn.ts";
import type { FlowChannel } from "./channel/flow_channel.ts";
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

/** Hears of the changes of a flow: the set that the flow is in. */
export interface FlowWatcher<Flow> {
  /** A packet can be read, or the flow went down. */
  changed(flow: Flow): void;
  /** The flow may have been suspended, or carry packets again. */
  stateChanged(flow: Flow): void;
  /** This process has deallocated the flow. */
  deallocated(flow: Flow): void;
}

/** Milliseconds for which a deallocation waits for a slow reader, unless told otherwise. */
const LINGER = 5000;
/** The same on reliable flows, as in the reference: as long as they wait for an acknowledgement. */
const RELIABLE_LINGER = 120_000;

/** Returns how many milliseconds a deallocation waits, unless told otherwise. */
export const lingerOf = (reliable: boolean): number => reliable ? RELIABLE_LINGER : LINGER;

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

/** Options of calls that wait within the call. */
export interface SyncOptions {
  /** Milliseconds after which the call fails with a {@link TimedOutError}; left out: as the flow says. */
  readonly timeout?: number;
}

/** The longest wait in one piece, in milliseconds. */
const PIECE = 1000;

/**
 * Waits within the call until `done` says that it is done; only what the process's flows need runs meanwhile.
 *
 * @param what names the call in errors
 * @param room there must be room to write
 * @throws TimedOutError, WouldBlockError, InvalidError, NotSupportedError, and what `done` throws
 */
export function waitWithin(
  channel: FlowChannel,
  { timeout, nonBlocking }: Patience,
  what: string,
  done: () => boolean,
  room = false,
): void {
  if (nonBlocking) throw new WouldBlockError(`${what} would have to wait`);
  checkTimeout(timeout);
  const end = timeout === undefined ? Infinity : systemClock.now() + timeout;
  for (;;) {
    endTurn();
    flowTimers.fire();
    if (done()) return;
    const now = systemClock.now();
    if (now >= end) throw new TimedOutError(`${what} was not possible within ${timeout} ms`);
    const piece = Math.max(0, Math.min(PIECE, end - now, flowTimers.next - now));
    if (!channel.wait(piece, room)) {
      throw new NotSupportedError(
        `${what} cannot wait within the call: connect with syncCalls, in a program that was started with --allow-ffi`,
      );
    }
  }
}

function checkTimeout(limit: number | undefined): void {
  if (limit === undefined || limit >= 0) return;
  throw new InvalidError(`timeout must be a number of milliseconds; it is ${limit}`);
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
  checkTimeout(limit);
  return queue.add(payload, { signal, timeout: limit });
}
