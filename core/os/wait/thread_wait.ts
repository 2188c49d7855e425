/**
 * Waits for a set of descriptors in a thread of the runtime.
 *
 * @module
 */
import { ADD, type Epoll, READABLE } from "./epoll.ts";
import { keepAliveFor } from "./keep_alive.ts";
import { callError, CLOEXEC, closeFd, netCalls } from "../c/net_calls.ts";

/** A way to wait for a set of descriptors. */
export interface Wait {
  /** Lets `ready` be called once, when a descriptor has events; possibly when none has. One at a time. */
  start(): void;
  /** Says whether the process stays alive for it; it does until told otherwise. */
  keepAlive(wanted: boolean): void;
  /** Ends it: `ready` is not called any more. Calls `done` when nothing is under way. */
  end(done: () => void): void;
}

/** A wait that is one call in a thread; it takes two switches of threads. */
export class ThreadWait implements Wait {
  /** What ends a call that is under way. */
  readonly #waker: number;
  #underWay: Promise<number> | undefined;
  #alive = true;
  #done: (() => void) | undefined;

  constructor(private readonly epoll: Epoll, private readonly ready: () => void) {
    this.#waker = netCalls().eventfd(0, CLOEXEC);
    if (this.#waker < 0) throw callError("cannot wait for sockets");
    epoll.control(ADD, this.#waker, READABLE);
  }

  start(): void {
    const call = this.#underWay = this.epoll.wait();
    if (!this.#alive) keepAliveFor(call, false);
    call.then(() => {
      this.#underWay = undefined;
      if (this.#done) this.#finish(this.#done);
      else this.ready();
    });
  }

  keepAlive(wanted: boolean): void {
    if (wanted === this.#alive) return;
    this.#alive = wanted;
    if (this.#underWay) keepAliveFor(this.#underWay, wanted);
  }

  end(done: () => void): void {
    this.#done = done;
    if (!this.#underWay) return this.#finish(done);
    if (netCalls().eventfd_write(this.#waker, 1n) !== 0) throw callError("cannot end the wait for sockets");
  }

  /** The set forgets a descriptor that is closed. */
  #finish(done: () => void): void {
    closeFd(this.#waker);
    done();
  }
}
