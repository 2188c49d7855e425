/**
 * The one binding to the C library, opened on first use. Every failing call becomes an error of the catalogue, or
 * a negative error number where a failure is a normal answer.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import { EACCES, EAGAIN, EBADF, ENOENT, ENOTSOCK, EPERM, ESRCH, systemError } from "./errno.ts";
import { openCalls, openEarly } from "./open_calls.ts";

const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  strerror: { parameters: ["i32"], result: "pointer" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  _exit: { parameters: ["i32"], result: "void" },
  eaccess: { parameters: ["buffer", "i32"], result: "i32" },
  getgrnam: { parameters: ["buffer"], result: "pointer" },
  // The GNU library has it.
  malloc_trim: { parameters: ["usize"], result: "i32", optional: true },
  clock: { parameters: [], result: "i64" },
  getpwnam: { parameters: ["buffer"], result: "pointer" },
  getpwuid: { parameters: ["u32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Flags of open(2) that are the same on every Linux that the runtime is built for. */
const O_WRONLY = 0o1, O_NOCTTY = 0o400, O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1, SO_PEERCRED = 17, SO_ACCEPTCONN = 30, SO_COOKIE = 57, SO_PEERPIDFD = 77;
const AF_UNIX = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;
const POLLIN = 1, POLLOUT = 4;
const F_OK = 0, X_OK = 1;
const ENOTDIR = 20, ENOPROTOOPT = 92;

type NameCall = (fd: number, name: BufferSource, length: BufferSource) => number;

let calls: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] | undefined;
let errnoView: Deno.UnsafePointerView | undefined;

function libc(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  if (calls) return calls;
  calls = openCalls(SYMBOLS);
  const place = calls.__errno_location();
  if (place) errnoView = new Deno.UnsafePointerView(place);
  return calls;
}

/**
 * Opens the library, and {@link lastErrno} for whoever has other calls of it.
 *
 * @throws NotSupportedError where there is no such library
 */
export function useLibc(): void {
  libc();
}

/**
 * Opens the library with all its calls now, and with all those that are asked for later. Tests call it before the first `Deno.test`: the
 * runtime counts what a test opens as a leak of that test.
 *
 * @throws NotSupportedError where there is no such library
 */
export function openLibc(): void {
  openEarly();
  libc();
}

/** Returns the error number of the call that has just failed on this thread. */
export const lastErrno = (): number => errnoView?.getInt32() ?? 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Returns a text as the C library takes it. */
export const cText = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text + "\0");

/** Returns a text that the C library or the kernel has written: what stands in front of the first zero. */
export function fromCText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Returns the system's words for an error number. */
export function errnoText(number: number): string {
  const text = libc().strerror(number);
  return text ? Deno.UnsafePointerView.getCString(text) : `error ${number}`;
}

/** Returns the error of the catalogue for the call that has just failed. */
export function callError(doing: string, number = lastErrno()): OuroError {
  return systemError(number, doing, errnoText(number));
}

/** Scratch for results: calls are synchronous, so one is enough. */
const scratch = new Uint8Array(112);
const words = new DataView(scratch.buffer);
const length = new Uint32Array(1);

/** Reads an option of a socket into the scratch; false when `fd` is not an open socket. */
function socketOption(fd: number, option: number, bytes: number): boolean {
  length[0] = bytes;
  if (libc().getsockopt(fd, SOL_SOCKET, option, scratch, length) === 0) return true;
  const number = lastErrno();
  if (number === EBADF || number === ENOTSOCK) return false;
  throw callError(`cannot read option ${option} of socket ${fd}`, number);
}

/** Returns what the kernel calls this socket, never used twice while the machine runs; undefined when `fd` is not a socket. */
export function socketCookie(fd: number): bigint | undefined {
  return socketOption(fd, SO_COOKIE, 8) ? words.getBigUint64(0, true) : undefined;
}

/** Returns whether `fd` is a socket that listens. */
export function isListening(fd: number): boolean {
  return socketOption(fd, SO_ACCEPTCONN, 4) && words.getInt32(0, true) !== 0;
}

/** Returns the path to which a Unix socket is bound; undefined when it has none, or is something else. */
export const socketPath = (fd: number): string | undefined => pathOf(libc().getsockname, fd);

/** Returns the path to which the other end of a Unix socket is bound; undefined when it has none, or is something else. */
export const peerPath = (fd: number): string | undefined => pathOf(libc().getpeername, fd);

function pathOf(name: NameCall, fd: number): string | undefined {
  length[0] = 110;
  if (name(fd, scratch, length) !== 0) {
    const number = lastErrno();
    if (number === EBADF || number === ENOTSOCK) return undefined;
    throw callError(`cannot read the address of socket ${fd}`, number);
  }
  if (words.getUint16(0, true) !== AF_UNIX || length[0] <= 2 || scratch[2] === 0) return undefined;
  return fromCText(scratch.subarray(2, length[0]));
}

/** Returns who connected the other end of a Unix stream socket. */
export function peerOf(fd: number): { readonly pid: number; readonly uid: number; readonly gid: number } {
  if (!socketOption(fd, SO_PEERCRED, 12)) throw callError(`cannot tell who is behind socket ${fd}`, ENOTSOCK);
  return { pid: words.getInt32(0, true), uid: words.getUint32(4, true), gid: words.getUint32(8, true) };
}

/**
 * Returns whether the process that connected the other end of a Unix stream socket is still there; undefined where the kernel does not
 * tell (before Linux 6.5).
 */
export function peerLives(fd: number): boolean | undefined {
  length[0] = 4;
  if (libc().getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, scratch, length) !== 0) {
    return lastErrno() === ENOPROTOOPT ? undefined : false;
  }
  // It can be read from when the process has ended.
  const handle = words.getInt32(0, true);
  words.setInt32(4, POLLIN, true);
  const ended = libc().poll(scratch, 1n, 0) !== 0;
  closeFd(handle);
  return !ended;
}

/** Returns whether this process, with its effective rights, may execute the file. */
export function mayExecute(path: string): boolean {
  if (libc().eaccess(cText(path), X_OK) === 0) return true;
  const number = lastErrno();
  if (number === EACCES || number === ENOENT) return false;
  throw callError(`cannot check the rights on ${path}`, number);
}

/** Returns whether there is anything of that name, as far as this process may know: an answer, where the runtime makes an error of it. */
export function isThere(path: string): boolean {
  if (libc().eaccess(cText(path), F_OK) === 0) return true;
  const number = lastErrno();
  return number !== ENOENT && number !== ENOTDIR;
}

/** Returns whether a process of that id is there (a zombie is), whoever owns it. */
export function processIsThere(pid: number): boolean {
  if (libc().kill(pid, 0) === 0) return true;
  const number = lastErrno();
  if (number === ESRCH) return false;
  if (number === EPERM) return true;
  throw callError(`cannot look for process ${pid}`, number);
}

/** Ends the process at once, from any of its threads: nothing more of it runs. */
export function endProcess(status: number): void {
  libc()._exit(status);
}

/** Returns the id of a group; undefined when there is no such group. */
export function groupId(name: string): number | undefined {
  const group = libc().getgrnam(cText(name));
  return group ? new Deno.UnsafePointerView(group).getUint32(16) : undefined;
}

/** Gives memory that was freed back to the system, where the C library can. */
export function trimMemory(): void {
  libc().malloc_trim?.(0n);
}

/** Returns the milliseconds of processors that this process has used. (POSIX: `clock` counts in microseconds.) */
export const processorTime = (): number => Number(libc().clock()) / 1000;

/** Returns the number of a user; undefined when the system does not know the name. */
export function userId(name: string): number | undefined {
  const entry = libc().getpwnam(cText(name));
  return entry ? new Deno.UnsafePointerView(entry).getUint32(16) : undefined;
}

/** Returns name and home of a user; undefined when the system does not know the user. */
export function userAccount(uid: number): { readonly name: string; readonly home: string } | undefined {
  const entry = libc().getpwuid(uid);
  if (!entry) return undefined;
  const view = new Deno.UnsafePointerView(entry);
  const name = view.getPointer(0), home = view.getPointer(32);
  if (!name || !home) return undefined;
  return {
    name: Deno.UnsafePointerView.getCString(name),
    home: Deno.UnsafePointerView.getCString(home),
  };
}

/** Opens a file for writing without ever waiting for it; a negative error number when it cannot. Children do not get it. */
export function openForWriting(path: string): number {
  const fd = libc().open(cText(path), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return fd < 0 ? -lastErrno() : fd;
}

/** Closes a descriptor that a call has opened. */
export function closeFd(fd: number): void {
  if (libc().close(fd) !== 0) throw callError(`cannot close descriptor ${fd}`);
}

/** Writes; returns the number of bytes taken, or a negative error number. The call waits when the descriptor is a blocking one. */
export function writeFd(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  const count = Number(libc().write(fd, bytes, BigInt(bytes.length)));
  return count < 0 ? -lastErrno() : count;
}

/** Sends on a connected socket without waiting; returns the number of bytes taken, or a negative error number. */
export function sendNow(fd: number, bytes: Uint8Array<ArrayBuffer>): number {
  const count = Number(libc().send(fd, bytes, BigInt(bytes.length), MSG_DONTWAIT | MSG_NOSIGNAL));
  return count < 0 ? -lastErrno() : count;
}

/** Tells whether a write of up to 4096 bytes would not wait now; {@link EAGAIN} as a negative number when it would. */
export function pollWritable(fd: number): number {
  words.setInt32(0, fd, true);
  words.setInt32(4, POLLOUT, true);
  const count = libc().poll(scratch, 1n, 0);
  return count < 0 ? -lastErrno() : count === 0 ? -EAGAIN : 0;
}

/** Makes a Unix datagram socket, for {@link sendTo}, which children do not get. */
export function datagramSocket(): number {
  const fd = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw callError("cannot make a datagram socket");
  return fd;
}

/**
 * Sends a datagram to the socket at `path`, or of the kernel's own names after an `@`, without waiting; returns the number of bytes
 * taken, or a negative error number.
 */
export function sendTo(fd: number, path: string, bytes: Uint8Array<ArrayBuffer>): number {
  const name = path.startsWith("@") ? encoder.encode("\0" + path.slice(1)) : cText(path);
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const count = Number(libc().sendto(fd, bytes, BigInt(bytes.length), flags, address, address.length));
  return count < 0 ? -lastErrno() : count;
}
