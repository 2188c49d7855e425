/**
 * Error numbers of Linux, as errors of the catalogue.
 *
 * @module
 */
import {
  CancelledError,
  ExhaustedError,
  ExistsError,
  InternalError,
  InvalidError,
  MessageSizeError,
  NotFoundError,
  NotSupportedError,
  OuroError,
  type OuroErrorClass,
  PermissionError,
  TimedOutError,
  WouldBlockError,
} from "../../contract/errors.ts";

/** Operation not permitted. */
export const EPERM = 1;
/** No such file. */
export const ENOENT = 2;
/** No such process. */
export const ESRCH = 3;
/** Input/output error; a terminal that was hung up. */
export const EIO = 5;
/** No such device; a pipe without a reader. */
export const ENXIO = 6;
/** Not an open file descriptor. */
export const EBADF = 9;
/** No room, or nothing there, right now. */
export const EAGAIN = 11;
/** A signal came. */
export const EINTR = 4;
/** Permission denied. */
export const EACCES = 13;
/** Nobody reads at the other end. */
export const EPIPE = 32;
/** Not a socket. */
export const ENOTSOCK = 88;
/** The other end has reset the connection. */
export const ECONNRESET = 104;
/** Not connected. */
export const ENOTCONN = 107;

const CLASSES = new Map<number, OuroErrorClass>([
  [EPERM, PermissionError],
  [ENOENT, NotFoundError],
  [ESRCH, NotFoundError],
  [EINTR, CancelledError],
  [ENXIO, NotFoundError],
  [8, InvalidError], // ENOEXEC
  [EAGAIN, WouldBlockError],
  [12, ExhaustedError], // ENOMEM
  [EACCES, PermissionError],
  [17, ExistsError], // EEXIST
  [19, NotFoundError], // ENODEV
  [20, InvalidError], // ENOTDIR
  [21, InvalidError], // EISDIR
  [22, InvalidError], // EINVAL
  [23, ExhaustedError], // ENFILE
  [24, ExhaustedError], // EMFILE
  [28, ExhaustedError], // ENOSPC
  [30, PermissionError], // EROFS
  [36, InvalidError], // ENAMETOOLONG
  [38, NotSupportedError], // ENOSYS
  [40, InvalidError], // ELOOP
  [90, MessageSizeError],
  [92, NotSupportedError], // ENOPROTOOPT
  [95, NotSupportedError],
  [98, ExistsError], // EADDRINUSE
  [105, ExhaustedError], // ENOBUFS
  [110, TimedOutError],
]);

/**
 * Returns the error of the catalogue for a number of the system; one that has no class becomes an {@link InternalError}.
 *
 * @param doing what was being done to what: `cannot open /dev/log`
 * @param text the system's own words
 *
 * @example
 * ```ts
 * import { systemError } from "./errno.ts";
 * import assert from "node:assert/strict";
 * const error = systemError(13, "cannot open x", "Permission denied");
 * assert.equal(`${error.code}: ${error.message}`, "OURO_PERMISSION: cannot open x: Permission denied");
 * ```
 */
export function systemError(errno: number, doing: string, text: string): OuroError {
  const Class = CLASSES.get(errno);
  return Class
    ? new Class(`${doing}: ${text}`)
    : new InternalError(`${doing}: ${text} (system error ${errno})`);
}

/** What the runtime throws, by its class. */
const RUNTIME: readonly (readonly [new (message?: string) => Error, OuroErrorClass])[] = [
  [Deno.errors.NotFound, NotFoundError],
  [Deno.errors.PermissionDenied, PermissionError],
  [Deno.errors.NotCapable, PermissionError],
  [Deno.errors.AlreadyExists, ExistsError],
  [Deno.errors.AddrInUse, ExistsError],
  [Deno.errors.NotADirectory, InvalidError],
  [Deno.errors.IsADirectory, InvalidError],
  [Deno.errors.FilesystemLoop, InvalidError],
  [Deno.errors.WouldBlock, WouldBlockError],
  [Deno.errors.TimedOut, TimedOutError],
  [Deno.errors.NotSupported, NotSupportedError],
];
/** How the runtime ends its messages; the number is for programs. */
const OS_ERROR = / \(os error (\d+)\)/;

/**
 * Returns what the runtime has thrown while `doing` something, as an error of the catalogue with its cause. An error of the
 * catalogue stays as it is.
 */
export function runtimeError(thrown: unknown, doing: string): OuroError {
  if (thrown instanceof OuroError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const known = RUNTIME.find(([Thrown]) => thrown instanceof Thrown)?.[1] ??
    CLASSES.get(Number(OS_ERROR.exec(message)?.[1])) ?? InternalError;
  return new known(`${doing}: ${message.replace(OS_ERROR, "")}`, { cause: thrown });
}
