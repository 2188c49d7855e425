/**
 * The calls of the C library for Ethernet and UDP, opened on first use.
 *
 * @module
 */
import { callError, useLibc } from "./libc.ts";
import { openCalls } from "./open_calls.ts";

export { callError, closeFd, cText, fromCText, lastErrno } from "./libc.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  ioctl_value: { name: "ioctl", parameters: ["i32", "usize", "usize"], result: "i32" },
  ioctl_wait: { name: "ioctl", parameters: ["i32", "usize", "buffer"], result: "i32", nonblocking: true },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  inet_pton: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  // So few bytes that a number of 32 bits tells how many.
  recv_some: { name: "recv", parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  send_some: { name: "send", parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  ppoll: { parameters: ["buffer", "u64", "buffer", "pointer"], result: "i32" },
  recvmmsg: { parameters: ["i32", "pointer", "u32", "i32", "pointer"], result: "i32" },
  sendmmsg: { parameters: ["i32", "pointer", "u32", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_now: { name: "epoll_wait", parameters: ["i32", "pointer", "i32", "i32"], result: "i32" },
  epoll_wait: { parameters: ["i32", "pointer", "i32", "i32"], result: "i32", nonblocking: true },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  syscall: { parameters: ["i64", "u64", "u64", "u64", "u64", "u64"], result: "i64" },
  syscall_wait: {
    name: "syscall",
    parameters: ["i64", "u64", "u64", "u64", "u64", "u64"],
    result: "i64",
    nonblocking: true,
  },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  eventfd_read: { parameters: ["i32", "buffer"], result: "i32" },
  eventfd_write: { parameters: ["i32", "u64"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `SOCK_CLOEXEC`, `EPOLL_CLOEXEC` and `EFD_CLOEXEC`: children do not get it. */
export const CLOEXEC = 0o2000000;
/** The call does not wait. */
export const MSG_DONTWAIT = 0x40;
/** `SOL_SOCKET`. */
export const SOL_SOCKET = 1;

/** The calls, by their names; `epoll_now` is `epoll_wait` for those who do not wait. */
export type NetCalls = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

let calls: NetCalls | undefined;

/**
 * Returns the calls. The first use opens the library; tests do that, after `openLibc`, before the first `Deno.test`, because the
 * runtime counts what a test opens as a leak of that test.
 *
 * @throws NotSupportedError where there is no such library
 */
export function netCalls(): NetCalls {
  if (calls) return calls;
  useLibc();
  return calls = openCalls(SYMBOLS);
}

const word = new Int32Array(new ArrayBuffer(4));
const wordBytes = new Uint8Array(word.buffer);

/** Sets an option of a socket that is a number; false when the system refuses. */
export function setOption(fd: number, level: number, option: number, value: number): boolean {
  word[0] = value;
  return netCalls().setsockopt(fd, level, option, wordBytes, 4) === 0;
}

const length = new Uint32Array(new ArrayBuffer(4));

/** Reads an option of a socket, as words of 32 bits; the rest of `into` stays as it is. False when the system refuses. */
export function readOption(
  fd: number,
  level: number,
  option: number,
  into: Uint32Array<ArrayBuffer>,
): boolean {
  length[0] = into.byteLength;
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  return netCalls().getsockopt(fd, level, option, bytes, new Uint8Array(length.buffer)) === 0;
}

/** `SIOCOUTQ`. */
const UNSENT = 0x5411n;
const unsent = new Int32Array(new ArrayBuffer(4)), unsentInto = new Uint8Array(unsent.buffer);

/** Returns the bytes that a socket has been given and that no device has sent, with what the kernel adds to each packet. */
export function unsentBytes(fd: number): number {
  return netCalls().ioctl(fd, UNSENT, unsentInto) === 0 ? unsent[0] : 0;
}

/** `O_NONBLOCK`, `SOCK_NONBLOCK` and `EFD_NONBLOCK`: calls on it do not wait. */
export const NON_BLOCKING = 0o4000;

/** Makes a pipe whose ends never wait: what is read from, and what is written to. @throws an error of the system */
export function makePipe(): readonly [number, number] {
  const ends = new Int32Array(new ArrayBuffer(8));
  if (netCalls().pipe2(new Uint8Array(ends.buffer), NON_BLOCKING | CLOEXEC) !== 0) {
    throw callError("cannot make a pipe");
  }
  return [ends[0], ends[1]];
}

/** `struct pollfd`: the descriptor, what is waited for, what is there; `struct timespec`: seconds and nanoseconds. */
const polled = new Int32Array(new ArrayBuffer(8)), polledEvents = new Int16Array(polled.buffer);
const polledBytes = new Uint8Array(polled.buffer);
const limitWords = new BigInt64Array(new ArrayBuffer(16)), limitBytes = new Uint8Array(limitWords.buffer);

/**
 * Waits in the call until a descriptor has one of these events: poll(2).
 *
 * @param limit milliseconds, which need not be whole
 * @returns the events, failures with them; 0 after the limit or a signal
 */
export function pollFor(fd: number, events: number, limit: number): number {
  polled[0] = fd;
  polledEvents[2] = events;
  polledEvents[3] = 0;
  const whole = Math.floor(limit / 1000);
  limitWords[0] = BigInt(whole);
  limitWords[1] = BigInt(Math.floor((limit - whole * 1000) * 1e6));
  return netCalls().ppoll(polledBytes, 1n, limitBytes, null) > 0 ? polledEvents[3] : 0;
}

const SO_RCVBUF = 8, SO_RCVBUFFORCE = 33;
/** What a socket may hold before this process has read it, in bytes. */
const RECEIVE_BUFFER = 8 << 20;

/** Gives a socket a big receive buffer: as root the whole, else as much as the system allows. */
export function enlargeReceiveBuffer(fd: number): void {
  if (!setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)) {
    setOption(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
  }
}
