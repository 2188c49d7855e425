/**
 * The one place where a process waits for its network sockets: one call in a thread of the runtime for all of them.
 * Data are then read in batches by calls that do not wait (epoll(7)).
 *
 * @module
 */
import { CLOEXEC, closeNet, netCalls, netError } from "./net_calls.ts";
import { afterTurn } from "./turn.ts";

/** There is something to read. */
export const READABLE = 1;
/** There is room to write. */
export const WRITABLE = 4;
const FAILED = 8 | 16; // EPOLLERR, EPOLLHUP: reading or writing tells what it is
const ADD = 1, REMOVE = 2, CHANGE = 3;

/** Events that one wait reports. */
const EVENTS = 32;
/** `struct epoll_event` is packed on this one machine only. */
const EVENT_WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
const DATA_WORD = EVENT_WORDS - 2;

/** Who is told about a descriptor. */
export interface Pollable {
  /** Reads a bounded amount. True: there may be more, so it is called again after others had their turn. */
  readable(): boolean;
  /** Writes what it can. */
  writable(): void;
}

interface Member {
  readonly fd: number;
  readonly pollable: Pollable;
  events: number;
}

/** Waits for any number of descriptors. While there are some, the process stays alive. */
export class Poller {
  readonly #members = new Map<number, Member>();
  readonly #events = new Uint32Array(new ArrayBuffer(EVENTS * EVENT_WORDS * 4));
  readonly #eventsAt = Deno.UnsafePointer.of(this.#events);
  readonly #event = new Uint32Array(new ArrayBuffer(EVENT_WORDS * 4));
  readonly #eventBytes = new Uint8Array(this.#event.buffer);
  /** Looks again, at all of them: who always has more to read does not keep others waiting. */
  readonly #again = () => this.#dispatch(netCalls().epoll_now(this.#epoll, this.#eventsAt, EVENTS, 0));
  #epoll = -1;
  #waker = -1;
  /** A wait is under way, or a turn that ends in one. */
  #running = false;
  readonly #onEnd: (() => void)[] = [];

  /** Descriptors that are watched. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Watches a descriptor for these events, instead of those before.
   *
   * @param events any of {@link READABLE} and {@link WRITABLE}
   */
  watch(fd: number, pollable: Pollable, events: number): void {
    if (this.#epoll < 0) this.#open();
    const member = this.#members.get(fd);
    if (member?.events === events) return;
    this.#control(member ? CHANGE : ADD, fd, events);
    if (member) member.events = events;
    else this.#members.set(fd, { fd, pollable, events });
    if (!this.#running) this.#wait();
  }

  /** Ends it; the descriptor may be closed then. */
  forget(fd: number): void {
    const member = this.#members.get(fd);
    if (!member) return;
    member.events = 0;
    this.#members.delete(fd);
    this.#control(REMOVE, fd, 0);
    // The wait ends, and with it all that keeps the process alive.
    if (this.#members.size === 0 && netCalls().eventfd_write(this.#waker, 1n) !== 0) {
      throw netError("cannot end the wait for sockets");
    }
  }

  /** Resolves when nothing is watched and the last wait has ended. */
  async ended(): Promise<void> {
    if (this.#running) await new Promise<void>((done) => this.#onEnd.push(done));
  }

  #open(): void {
    this.#epoll = netCalls().epoll_create1(CLOEXEC);
    if (this.#epoll < 0) throw netError("cannot wait for sockets");
    this.#waker = netCalls().eventfd(0, CLOEXEC);
    if (this.#waker < 0) throw netError("cannot wait for sockets");
    this.#control(ADD, this.#waker, READABLE);
  }

  #close(): void {
    closeNet(this.#waker);
    closeNet(this.#epoll);
    this.#epoll = this.#waker = -1;
  }

  #control(operation: number, fd: number, events: number): void {
    this.#event[0] = events;
    this.#event[DATA_WORD] = fd;
    if (netCalls().epoll_ctl(this.#epoll, operation, fd, this.#eventBytes) !== 0) {
      throw netError(`cannot wait for descriptor ${fd}`);
    }
  }

  #wait(): void {
    this.#running = true;
    netCalls().epoll_wait(this.#epoll, this.#eventsAt, EVENTS, -1).then((count) => this.#dispatch(count));
  }

  /** A negative count is a signal that interrupted the wait: nothing else can fail. */
  #dispatch(count: number): void {
    let more = false;
    for (let index = 0; index < count; index++) {
      const events = this.#events[index * EVENT_WORDS];
      const fd = this.#events[index * EVENT_WORDS + DATA_WORD];
      if (fd === this.#waker) netCalls().eventfd_read(fd, new Uint8Array(8));
      const member = this.#members.get(fd);
      // Each call may let any of them be forgotten.
      if (!member) continue;
      if (member.events & WRITABLE && events & (WRITABLE | FAILED)) member.pollable.writable();
      if (member.events & READABLE && events & (READABLE | FAILED) && member.pollable.readable()) more = true;
    }
    if (more) afterTurn(this.#again);
    else this.#next();
  }

  #next(): void {
    if (this.#members.size > 0) return this.#wait();
    this.#running = false;
    this.#close();
    for (const done of this.#onEnd.splice(0)) done();
  }
}
