/**
 * The one place where a process waits for its network sockets. Data are then read in batches by calls that do not wait.
 *
 * @module
 */
import { ADD, CHANGE, Epoll, FAILED, NOTHING, READABLE, REMOVE, WRITABLE } from "./epoll.ts";
import { LoopWait } from "./loop_wait.ts";
import { ThreadWait, type Wait } from "./thread_wait.ts";
import { afterTurn } from "../../turn.ts";

export { READABLE, WRITABLE } from "./epoll.ts";

/** Waits after which a process has traffic enough for the quicker kind, which takes memory. */
const QUICK_AFTER = 32;

/** Who is told about a descriptor. */
export interface Pollable {
  /** Reads a bounded amount. True: there may be more, so it is called again after others had their turn. */
  readable(): boolean;
  /** Writes what it can. */
  writable(): void;
}

/** Waits for any number of descriptors. While there are some, the process stays alive. */
export class Poller {
  readonly #onEnd: (() => void)[] = [];
  #session: Session | undefined;
  #sessions = 0;

  /** @param quickAfter waits after which the quicker kind is used */
  constructor(private readonly quickAfter = QUICK_AFTER) {}

  /** Descriptors that are watched. */
  get size(): number {
    return this.#session?.size ?? 0;
  }

  /** Whether it waits in the quicker way: in the event loop, without a thread. */
  get quick(): boolean {
    return this.#session?.quick ?? false;
  }

  /**
   * Watches a descriptor for these events, instead of those before.
   *
   * @param events one or both of {@link READABLE} and {@link WRITABLE}; 0: none for now, but its failure, as reading, until
   * that says that there is nothing more
   */
  watch(fd: number, pollable: Pollable, events: number): void {
    if (!this.#session) {
      this.#session = new Session(this.quickAfter, () => this.#ended());
      this.#sessions++;
    }
    this.#session.watch(fd, pollable, events);
  }

  /** Ends it; the descriptor may be closed then. */
  forget(fd: number): void {
    this.#session?.forget(fd);
    if (this.size > 0) return;
    this.#session?.end();
    this.#session = undefined;
  }

  /** Something else takes time to end: {@link ended} waits until what this gives is called. */
  hold(): () => void {
    this.#sessions++;
    return () => this.#ended();
  }

  /** Resolves when nothing is watched, the last wait has ended, and nothing is held. */
  async ended(): Promise<void> {
    if (this.#sessions > 0) await new Promise<void>((done) => this.#onEnd.push(done));
  }

  #ended(): void {
    if (--this.#sessions === 0) { for (const done of this.#onEnd.splice(0)) done(); }
  }
}

interface Member {
  readonly pollable: Pollable;
  events: number;
}

/** From the first descriptor to the last. */
class Session {
  readonly #members = new Map<number, Member>();
  readonly #epoll = new Epoll();
  readonly #look = () => this.#dispatch();
  #wait: Wait = new ThreadWait(this.#epoll, this.#look);
  /** The quicker wait, which has not been seen to work, and which has. */
  #candidate: LoopWait | undefined;
  #proved: LoopWait | undefined;
  #waitsToGo: number;
  /** A wait is under way, or a turn that ends in one. */
  #running = false;
  #closed = false;

  constructor(quickAfter: number, private readonly ended: () => void) {
    this.#waitsToGo = quickAfter;
  }

  get size(): number {
    return this.#members.size;
  }

  get quick(): boolean {
    return this.#wait instanceof LoopWait;
  }

  watch(fd: number, pollable: Pollable, events: number): void {
    const member = this.#members.get(fd);
    if (member?.events === events) return;
    this.#epoll.control(member ? CHANGE : ADD, fd, events || NOTHING);
    if (member) member.events = events;
    else this.#members.set(fd, { pollable, events });
    if (!this.#running) this.#next();
  }

  forget(fd: number): void {
    if (this.#members.delete(fd)) this.#epoll.control(REMOVE, fd, 0);
  }

  end(): void {
    this.#closed = true;
    const waits = this.#candidate ? [this.#wait, this.#candidate] : [this.#wait];
    let left = waits.length;
    const done = () => {
      if (--left > 0) return;
      this.#epoll.close();
      this.ended();
    };
    for (const wait of waits) wait.end(done);
  }

  #dispatch(): void {
    if (this.#closed) return;
    let more = false;
    const count = this.#epoll.look();
    for (let index = 0; index < count; index++) {
      const events = this.#epoll.events(index);
      // Each call may let any of them be forgotten. Who is no member belongs to the wait.
      const member = this.#members.get(this.#epoll.descriptor(index));
      if (!member) continue;
      if (member.events === 0) {
        if (member.pollable.readable()) more = true;
        else this.forget(this.#epoll.descriptor(index)); // It would wake this without end.
      }
      if (member.events & WRITABLE && events & (WRITABLE | FAILED)) member.pollable.writable();
      if (member.events & READABLE && events & (READABLE | FAILED) && member.pollable.readable()) more = true;
    }
    // Looking at all again: who always has more to read does not keep others waiting.
    if (more) afterTurn(this.#look);
    else this.#next();
  }

  #next(): void {
    if (this.#closed) return;
    this.#running = true;
    if (this.#proved) this.#exchange(this.#proved);
    this.#wait.start();
    if (this.#waitsToGo-- > 0 || this.#candidate || this.quick) return;
    const candidate = LoopWait.open(this.#epoll, this.#look, () => this.#proved = candidate);
    this.#candidate = candidate;
  }

  /** Nothing is under way now. */
  #exchange(quicker: LoopWait): void {
    this.#wait.end(() => {});
    this.#wait = quicker;
    this.#proved = this.#candidate = undefined;
  }
}
