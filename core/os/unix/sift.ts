/**
 * Takes connections off a socket that listens many at a time, without a look at the event loop for each: one user who connects
 * without pause else fills the queue of the kernel, and nobody gets in.
 *
 * @module
 */
import { type Uid, uid } from "../../contract/ids.ts";
import { isListening, peerOf, sendNow, socketPath } from "../c/libc.ts";
import { nextTurn } from "../turn.ts";
import { CLOEXEC, closeFd, netCalls, NON_BLOCKING } from "../c/net_calls.ts";

/** Connections that are closed before others have their turn, which takes some milliseconds. */
export const CLOSED_A_TURN = 128;
/** Connections that are taken before others have their turn. */
const TAKEN = 4;
/** Connections that may wait to be accepted: who finds no room tries again, which takes less time than a long queue. */
export const BACKLOG = 512;
/**
 * The same while so many come that a turn is too short to close them all: the queue is full then, however long it is, and who gets into
 * it waits until all before him are closed.
 */
const FLOODED = CLOSED_A_TURN;
/** Milliseconds for which others have their turn before the queue is looked through again. */
export const SIFT_PAUSE = 5;

/** Who decides about connections. */
export interface Door {
  /** Returns what a connection of this user is told before it is closed, which may be nothing; undefined: it is taken. */
  refusal(user: Uid): Uint8Array<ArrayBuffer> | undefined;
  /** Takes a connection. */
  take(fd: number, user: Uid): void;
}

/** What was found in the queue. */
interface Sifted {
  /** Connections that were closed. */
  readonly closed: number;
  /** Nobody waits any more. */
  readonly empty: boolean;
}

/** Bounds the queue of a socket that listens. */
export function boundQueue(listening: number, most = BACKLOG): void {
  netCalls().listen(listening, most);
}

/** Looks through the queue of a socket that listens and does not block, for the time of a turn. */
function sift(listening: number, door: Door): Sifted {
  let closed = 0;
  for (let taken = 0; taken < TAKEN && closed < CLOSED_A_TURN;) {
    const fd = netCalls().accept4(listening, null, null, NON_BLOCKING | CLOEXEC);
    // None waits, or none can be taken now: who waits for the next one is told why.
    if (fd < 0) return { closed, empty: true };
    const user = uid(peerOf(fd).uid);
    const words = door.refusal(user);
    if (words) {
      closed++;
      if (words.length > 0) sendNow(fd, words);
      closeFd(fd);
    } else {
      taken++;
      door.take(fd, user);
    }
  }
  return { closed, empty: false };
}

/**
 * Looks through the queue as long as there is somebody in it who is turned away.
 *
 * @param fd returns the descriptor that listens; undefined: there is none, or no more
 * @param pause resolves after so many milliseconds: all that is under way comes first
 */
export async function siftAll(
  fd: () => number | undefined,
  door: Door,
  pause: (milliseconds: number) => Promise<void>,
): Promise<void> {
  let backlog = 0;
  const mayWait = (listening: number, most: number) => {
    if (backlog !== most) boundQueue(listening, backlog = most);
  };
  for (let closed = 1; closed > 0;) {
    await pause(SIFT_PAUSE);
    closed = 0;
    for (let listening; (listening = fd()) !== undefined;) {
      const found = sift(listening, door);
      closed += found.closed;
      if (found.closed === CLOSED_A_TURN) mayWait(listening, FLOODED);
      else if (found.empty) mayWait(listening, BACKLOG);
      if (found.empty) break;
      await nextTurn();
    }
  }
}

/** Returns the descriptor of this process that listens at a path; undefined when none does. */
export function listenerAt(path: string): number | undefined {
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    const fd = Number(name);
    if (socketPath(fd) === path && isListening(fd)) return fd;
  }
  return undefined;
}
