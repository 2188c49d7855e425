/**
 * Waits for a set of descriptors in the runtime's own event loop, without a thread: the kernel counts up an eventfd when the
 * set has events (io_submit(2), `IOCB_CMD_POLL`), and the event loop reads that as it reads a pipe.
 *
 * @module
 */
import { AioPoll } from "./aio_poll.ts";
import { type Epoll, READABLE } from "./epoll.ts";
import { CLOEXEC, closeFd, netCalls, NON_BLOCKING } from "../c/net_calls.ts";
import { openPipe, type Pipe } from "./pipe_handle.ts";
import type { Wait } from "./thread_wait.ts";

/** A wait that costs one wake-up of this process. */
export class LoopWait implements Wait {
  #proved: (() => void) | undefined;
  #started = false;
  #alive = true;

  /**
   * A wait of this kind; undefined where the machine or the runtime has no such thing.
   *
   * @param proved called when the event loop has been seen to read: it may be used from then on
   */
  static open(epoll: Epoll, ready: () => void, proved: () => void): LoopWait | undefined {
    const counter = netCalls().eventfd(1, NON_BLOCKING | CLOEXEC);
    if (counter < 0) return undefined;
    const poll = AioPoll.open(epoll.fd, READABLE, counter);
    const pipe = poll && openPipe(counter);
    if (pipe) return new LoopWait(poll, pipe, ready, proved);
    if (poll) void poll.close();
    else closeFd(counter);
    return undefined;
  }

  private constructor(
    private readonly poll: AioPoll,
    private readonly pipe: Pipe,
    private readonly ready: () => void,
    proved: () => void,
  ) {
    this.#proved = proved;
    pipe.onRead(() => this.#read());
  }

  keepAlive(wanted: boolean): void {
    if (wanted === this.#alive) return;
    this.#alive = wanted;
    this.pipe.keepAlive(wanted);
  }

  start(): void {
    this.#started = true;
    this.poll.submit();
  }

  end(done: () => void): void {
    this.#started = false;
    this.#proved = undefined;
    let left = 2;
    const closed = () => {
      if (--left === 0) done();
    };
    this.poll.close().then(closed);
    this.pipe.close(closed);
  }

  #read(): void {
    const proved = this.#proved;
    this.#proved = undefined;
    proved?.();
    if (!this.#started) return;
    this.#started = false;
    this.poll.reap();
    this.ready();
  }
}
