/**
 * Bytes to a descriptor or to the system log, never waiting: a stopped pipe or terminal must not stop a daemon.
 *
 * @module
 */
import { EAGAIN, EBADF, ECONNRESET, EIO, ENOTCONN, ENXIO, EPIPE } from "../c/errno.ts";
import {
  closeFd,
  datagramSocket,
  openForWriting,
  pollWritable,
  sendNow,
  sendTo,
  writeFd,
} from "../c/libc.ts";

/** Where bytes go. */
export interface Output {
  /** Each write is one message of its own, and needs no line end. */
  readonly messages: boolean;
  /** Takes some of the bytes: how many, 0 for none at the moment, or {@link GONE}. Never waits, never throws. */
  write(bytes: Uint8Array<ArrayBuffer>): number;
  /** No write comes after this. */
  close(): void;
}

/** Nobody will ever take bytes here again. */
export const GONE = -1;
/** Errors that mean {@link GONE}; others (no room, no space, no daemon at the moment) may pass. */
const FINAL: readonly number[] = [EPIPE, EIO, EBADF, ENXIO, ECONNRESET, ENOTCONN];

function outcome(result: number): number {
  if (result >= 0) return result;
  return FINAL.includes(-result) ? GONE : 0;
}

const bytesTo = (write: (bytes: Uint8Array<ArrayBuffer>) => number, close = () => {}): Output => ({
  messages: false,
  write: (bytes) => outcome(write(bytes)),
  close,
});

/**
 * Standard output or standard error. The descriptor is shared with other processes, so it cannot be made
 * non-blocking itself: a pipe or terminal is opened once more, a socket has a flag for each call.
 */
export function standardOutput(fd: 1 | 2): Output {
  const path = `/proc/self/fd/${fd}`;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch {
    // No /proc, or the descriptor is closed: the writes will tell.
    return polled(fd);
  }
  if (info.isSocket) return bytesTo((bytes) => sendNow(fd, bytes));
  // A file takes all at once, and opened anew it would have a position of its own.
  if (info.isFile) return bytesTo((bytes) => writeFd(fd, bytes));
  const own = openForWriting(path);
  if (own >= 0) return bytesTo((bytes) => writeFd(own, bytes), () => closeFd(own));
  return own === -ENXIO ? bytesTo(() => own) : polled(fd);
}

/** A descriptor that cannot be opened once more (it belongs to another user): asks before each write. */
const polled = (fd: number): Output =>
  bytesTo((bytes) => pollWritable(fd) === -EAGAIN ? 0 : writeFd(fd, bytes));

/** Opens the system log behind the socket at `path`; undefined when there is none. */
export function systemLog(path: string): Output | undefined {
  try {
    if (!Deno.statSync(path).isSocket) return undefined;
  } catch {
    return undefined;
  }
  const fd = datagramSocket();
  return {
    messages: true,
    // Without a daemon now, there may be one again: system logs are restarted.
    write: (bytes) => Math.max(0, sendTo(fd, path, bytes)),
    close: () => closeFd(fd),
  };
}
