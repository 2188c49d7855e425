/**
 * Data connections as descriptors of this process, where it wants that and may call the C library: they are read and written in the call,
 * where the sockets of the runtime take a promise each. A process that sleeps in a call of its own wants it; in the event loop of others
 * the sockets of the runtime are quicker.
 *
 * @module
 */
import { NotSupportedError } from "../../../contract/errors.ts";
import type { Timers } from "../../../contract/ports.ts";
import { type ByteStream, byteStream } from "../../../kit/byte_stream.ts";
import { EAGAIN } from "../../c/errno.ts";
import { peerPath } from "../../c/libc.ts";
import { callError, closeFd, lastErrno, netCalls } from "../../c/net_calls.ts";
import { CAN_LEAVE_CALLS } from "../../wait/keep_alive.ts";
import { processPoller } from "../../wait/process_poller.ts";
import { connectUnix, whileFull } from "../connect.ts";
import { FdListener } from "./fd_listener.ts";
import { type Accepting, type Listening, RuntimeListener } from "./runtime_listener.ts";
import { unixAddress, unixSocket } from "./unix_address.ts";
import { FdStream } from "./fd_stream.ts";

let allowed: boolean | undefined;

/** Returns whether this process may have descriptors of its own, as far as that can be told without asking its user. */
const mayOwn = (): boolean => allowed ??= mayCall();

function mayCall(): boolean {
  // Under Node there is none.
  if (!Reflect.has(Deno, "dlopen")) return false;
  if (!CAN_LEAVE_CALLS) return false;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return false;
  try {
    netCalls();
    return true;
  } catch (thrown) {
    if (thrown instanceof NotSupportedError) return false;
    throw thrown;
  }
}

/**
 * Listens at a path; the process does not stay alive for it.
 *
 * @param own with descriptors of this process, where that can be
 */
export function listenForStreams(
  path: string,
  timers: Timers,
  own: boolean,
  accepting: Accepting,
): Listening {
  return own && mayOwn()
    ? new FdListener(path, accepting, processPoller(), timers)
    : new RuntimeListener(path, accepting, timers);
}

/** A connection that was made. */
export interface Connected {
  readonly stream: ByteStream;
  /** The path under which the other end was bound; empty where it has none. */
  readonly bound: string;
}

/** Connects to the socket at `path`. @param own with a descriptor of this process, where that can be */
export async function connectStream(path: string, own: boolean): Promise<Connected> {
  if (!own || !mayOwn()) {
    const conn = await connectUnix(path);
    return { stream: byteStream(conn), bound: conn.remoteAddr.path };
  }
  const fd = await whileFull(() => connectOnce(path));
  return { stream: new FdStream(fd, processPoller()), bound: peerPath(fd) ?? "" };
}

/** Returns the descriptor. A Unix socket is connected at once, or not. */
function connectOnce(path: string): number {
  const fd = unixSocket();
  const address = unixAddress(path);
  if (netCalls().connect(fd, address, address.length) === 0) return fd;
  const errno = lastErrno();
  closeFd(fd);
  if (errno === EAGAIN) throw new Deno.errors.WouldBlock(`the queue of ${path} is full`);
  throw callError(`cannot connect to ${path}`, errno);
}
