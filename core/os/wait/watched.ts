/**
 * Descriptors that are waited for, and who is told of what happens on them.
 *
 * @module
 */
import { ADD, CHANGE, Epoll, FAILED, NOTHING, READABLE, REMOVE, WRITABLE } from "./epoll.ts";

/** Who is told about a descriptor. */
export interface Pollable {
  /** Reads a bounded amount. True: there may be more, so it is called again after others had their turn. */
  readable(): boolean;
  /** Writes what it can. */
  writable(): void;
}

/** Waits for any number of descriptors. While there are some, the process stays alive. */
export interface Poller {
  /**
   * Watches a descriptor for these events, instead of those before.
   *
   * @param events one or both of `READABLE` and `WRITABLE`; 0: none for now, but its failure, as reading, until that says that
   * there is nothing more
   * @param background the process need not stay alive for it
   */
  watch(fd: number, pollable: Pollable, events: number, background?: boolean): void;
  /** Ends it; the descriptor may be closed then. */
  forget(fd: number): void;
  /** Resolves when no wait is ending: one does when nothing is watched any more. */
  ended(): Promise<void>;
}

interface Member {
  readonly pollable: Pollable;
  readonly background: boolean;
  events: number;
}

/** The descriptors of one poller. */
export class Watched {
  readonly epoll = new Epoll();
  readonly #members = new Map<number, Member>();
  /** Descriptors of the last {@link dispatch}. */
  served = 0;
  /** Descriptors for which the process stays alive. */
  foreground = 0;

  /** Returns how many descriptors are watched. */
  get size(): number {
    return this.#members.size;
  }

  /** Watches a descriptor, as {@link Poller.watch}. False: nothing has changed. */
  watch(fd: number, pollable: Pollable, events: number, background = false): boolean {
    const member = this.#members.get(fd);
    if (member?.events === events) return false;
    this.epoll.control(member ? CHANGE : ADD, fd, events || NOTHING);
    if (member) member.events = events;
    else {
      this.#members.set(fd, { pollable, background, events });
      if (!background) this.foreground++;
    }
    return true;
  }

  /** Ends it. */
  forget(fd: number): void {
    const member = this.#members.get(fd);
    if (!member) return;
    this.#members.delete(fd);
    if (!member.background) this.foreground--;
    this.epoll.control(REMOVE, fd, 0);
  }

  /** Tells of the events that the last look has found. @returns whether somebody may have more to read */
  dispatch(count: number): boolean {
    let more = false;
    this.served = 0;
    for (let index = 0; index < count; index++) {
      const events = this.epoll.events(index);
      // Each call may let any of them be forgotten. Who is no member belongs to the wait.
      const member = this.#members.get(this.epoll.descriptor(index));
      if (!member) continue;
      this.served++;
      if (member.events === 0) {
        if (member.pollable.readable()) more = true;
        else this.forget(this.epoll.descriptor(index)); // It would wake this without end.
      }
      if (member.events & WRITABLE && events & (WRITABLE | FAILED)) member.pollable.writable();
      if (member.events & READABLE && events & (READABLE | FAILED) && member.pollable.readable()) more = true;
    }
    return more;
  }
}
