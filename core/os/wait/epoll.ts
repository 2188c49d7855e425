/**
 * A set of descriptors and the events on them: epoll(7).
 *
 * @module
 */
import { callError, CLOEXEC, closeFd, netCalls } from "../c/net_calls.ts";

/** There is something to read. */
export const READABLE = 1;
/** There is room to write. */
export const WRITABLE = 4;
/** Something has failed (`EPOLLERR`, `EPOLLHUP`): reading or writing tells what it is. */
export const FAILED = 8 | 16;

/**
 * Nothing (`EPOLLPRI`, which none of these descriptors has): that something fails is told to those who wait for something, as a TUN
 * device calls whoever waits for data when it is removed.
 */
export const NOTHING = 2;

/** Adds a descriptor, removes it, changes its events. */
export const ADD = 1, REMOVE = 2, CHANGE = 3;

/** Events that one look finds. */
const EVENTS = 32;
/** `struct epoll_event` is packed on this one machine only. */
const EVENT_WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
const DATA_WORD = EVENT_WORDS - 2;

/** A set. */
export class Epoll {
  /** Its own descriptor, which is readable when any of the set has events. */
  readonly fd: number;
  readonly #events = new Uint32Array(new ArrayBuffer(EVENTS * EVENT_WORDS * 4));
  readonly #pointer = Deno.UnsafePointer.of(this.#events);
  readonly #event = new Uint32Array(new ArrayBuffer(EVENT_WORDS * 4));
  readonly #eventBytes = new Uint8Array(this.#event.buffer);

  constructor() {
    this.fd = netCalls().epoll_create1(CLOEXEC);
    if (this.fd < 0) throw callError("cannot wait for sockets");
  }

  /** Adds or changes a descriptor, or removes it. */
  control(operation: number, fd: number, events: number): void {
    this.#event[0] = events;
    this.#event[DATA_WORD] = fd;
    if (netCalls().epoll_ctl(this.fd, operation, fd, this.#eventBytes) !== 0) {
      throw callError(`cannot wait for descriptor ${fd}`);
    }
  }

  /**
   * Looks, and waits in the call when there is nothing; nothing else of this process runs meanwhile.
   *
   * @param limit milliseconds to wait, a whole number; −1: as long as it takes
   * @returns how many descriptors have events; 0 or less after the limit or a signal
   */
  look(limit: number): number {
    return netCalls().epoll_now(this.fd, this.#pointer, EVENTS, limit);
  }

  /** Resolves when any has events, or after a signal. It uses a thread of the runtime. */
  wait(): Promise<number> {
    return netCalls().epoll_wait(this.fd, this.#pointer, EVENTS, -1);
  }

  /** Returns the descriptor of event `index` of the last look. */
  descriptor(index: number): number {
    return this.#events[index * EVENT_WORDS + DATA_WORD];
  }

  /** Returns what event `index` of the last look is. */
  events(index: number): number {
    return this.#events[index * EVENT_WORDS];
  }

  /** Closes the set. */
  close(): void {
    closeFd(this.fd);
  }
}
