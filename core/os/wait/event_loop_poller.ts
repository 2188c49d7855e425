/**
 * Waits for descriptors: in a thread at first, in the event loop of the runtime where there is more to wait for, and, in a process of
 * ours with traffic, in a call of its own.
 *
 * @module
 */
import { systemClock } from "../clock.ts";
import { afterTurn } from "../turn.ts";
import { LoopWait } from "./loop_wait.ts";
import { Pace } from "./pace.ts";
import { ReactorWait } from "./reactor_wait.ts";
import { ThreadWait, type Wait } from "./thread_wait.ts";
import { type Pollable, type Poller, Watched } from "./watched.ts";

/** Waits after which a process has traffic enough for the quicker kind, which takes memory. */
const QUICK_AFTER = 32;

/** How a poller waits. */
export interface WaitingOptions {
  /** Waits after which the event loop does it; left out: 32, or none where the process sleeps itself. */
  readonly quickAfter?: number;
  /** The process has nothing else to do, and may sleep in a call of its own while there is traffic. */
  readonly sleeps?: boolean;
  /** It need not end its turn after a packet, as no promise waits for that unless `wantTurn` was called. */
  readonly stays?: boolean;
}

/** How a process waits for its descriptors, in a word for those who look at it. */
export type WayToWait = "none" | "thread" | "loop" | "reactor";

/** Waits for descriptors. */
export class EventLoopPoller implements Poller {
  readonly #onEnd: (() => void)[] = [];
  #session: Session | undefined;
  /** Sessions that are ending. */
  #ending = 0;

  constructor(private readonly options: WaitingOptions = {}) {}

  /** Descriptors that are watched. */
  get size(): number {
    return this.#session?.watched.size ?? 0;
  }

  /** How it waits now, or as soon as there is traffic. */
  get way(): WayToWait {
    return this.#session?.way ?? "none";
  }

  watch(fd: number, pollable: Pollable, events: number, background?: boolean): void {
    this.#session ??= new Session(this.options);
    this.#session.watch(fd, pollable, events, background);
  }

  forget(fd: number): void {
    this.#session?.forget(fd);
    if (!this.#session || this.size > 0) return;
    this.#ending++;
    this.#session.end(() => {
      if (--this.#ending === 0) { for (const done of this.#onEnd.splice(0)) done(); }
    });
    this.#session = undefined;
  }

  async ended(): Promise<void> {
    if (this.#ending > 0) await new Promise<void>((done) => this.#onEnd.push(done));
  }
}

/** From the first descriptor to the last. */
class Session {
  readonly watched = new Watched();
  readonly #look = () => this.#dispatch(this.watched.epoll.look(0));
  #wait: Wait = new ThreadWait(this.watched.epoll, this.#look);
  /** The quicker wait, which has not been seen to work, and which has. */
  #candidate: LoopWait | undefined;
  #proved: LoopWait | undefined;
  #waitsToGo: number;
  #reactor: ReactorWait | undefined;
  readonly #pace = new Pace();
  /** A wait is under way, or a turn that ends in one. */
  #running = false;
  #closed = false;

  constructor({ sleeps = false, stays = false, quickAfter = sleeps ? 0 : QUICK_AFTER }: WaitingOptions) {
    this.#waitsToGo = quickAfter;
    if (sleeps) this.#openReactor(stays);
  }

  get way(): WayToWait {
    if (this.#reactor) return "reactor";
    return this.#wait instanceof ThreadWait ? "thread" : "loop";
  }

  watch(fd: number, pollable: Pollable, events: number, background?: boolean): void {
    const changed = this.watched.watch(fd, pollable, events, background);
    this.#keepAlive();
    if (changed && !this.#running) this.#next();
  }

  forget(fd: number): void {
    this.watched.forget(fd);
    this.#keepAlive();
  }

  /** Calls `ended` when nothing is under way. */
  end(ended: () => void): void {
    this.#closed = true;
    // It is not long, and somebody may wait for it.
    this.#keepAlive(true);
    const waits = [this.#reactor, this.#candidate, this.#wait].filter((wait) => wait !== undefined);
    let left = waits.length;
    const done = () => {
      if (--left > 0) return;
      this.watched.epoll.close();
      ended();
    };
    for (const wait of waits) wait.end(done);
  }

  #keepAlive(wanted = this.watched.foreground > 0): void {
    this.#wait.keepAlive(wanted);
    this.#candidate?.keepAlive(wanted);
  }

  #dispatch(count: number): void {
    if (this.#closed) return;
    const more = this.watched.dispatch(count);
    if (this.#reactor && this.watched.served > 0) this.#pace.packets(systemClock.now());
    // Looking at all again: who always has more to read does not keep others waiting.
    if (more) afterTurn(this.#look);
    else this.#next();
  }

  #next(): void {
    if (this.#closed) return;
    this.#running = true;
    if (this.#reactor) {
      if (this.#pace.dense(systemClock.now())) return this.#reactor.start();
      this.#reactor.rest();
    }
    if (this.#proved) this.#exchange(this.#proved);
    this.#wait.start();
    if (this.#waitsToGo-- > 0 || this.#candidate || this.#wait instanceof LoopWait) return;
    const candidate = LoopWait.open(this.watched.epoll, this.#look, () => this.#proved = candidate);
    this.#candidate = candidate;
    this.#keepAlive();
  }

  /** Nothing is under way now. */
  #exchange(quicker: LoopWait): void {
    this.#wait.end(() => {});
    this.#wait = quicker;
    this.#proved = this.#candidate = undefined;
  }

  async #openReactor(stays: boolean): Promise<void> {
    const reactor = await ReactorWait.open(
      this.watched.epoll,
      this.#pace,
      stays,
      (count) => this.#dispatch(count),
    );
    if (this.#closed) reactor?.end(() => {});
    else this.#reactor = reactor;
  }
}
