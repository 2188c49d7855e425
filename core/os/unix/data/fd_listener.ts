/**
 * A Unix socket that listens, as a descriptor of this process.
 *
 * @module
 */
import { uid } from "../../../contract/ids.ts";
import type { Timer, Timers } from "../../../contract/ports.ts";
import { EAGAIN, EINTR } from "../../c/errno.ts";
import { peerOf } from "../../c/libc.ts";
import { callError, CLOEXEC, closeFd, lastErrno, netCalls, NON_BLOCKING } from "../../c/net_calls.ts";
import { READABLE } from "../../wait/epoll.ts";
import type { Pollable, Poller } from "../../wait/watched.ts";
import { BACKLOG, CLOSED_A_TURN, SIFT_PAUSE } from "../sift.ts";
import { FdStream } from "./fd_stream.ts";
import type { Accepting, Listening } from "./runtime_listener.ts";
import { unixAddress, unixSocket } from "./unix_address.ts";

/** Connections that are accepted before others have their turn. */
const TURN = 16;
/** Milliseconds until the next try when a connection could not be taken (no file descriptors left, say). */
const RETRY = 50;
const ECONNABORTED = 103;

/** Listens. The process does not stay alive for it. */
export class FdListener implements Listening, Pollable {
  readonly #fd: number;
  #again: Timer | undefined;
  #closed = false;

  /**
   * Begins.
   *
   * @throws an error of the system
   */
  constructor(
    path: string,
    private readonly accepting: Accepting,
    private readonly poller: Poller,
    private readonly timers: Timers,
  ) {
    const fd = this.#fd = unixSocket();
    const address = unixAddress(path);
    if (netCalls().bind(fd, address, address.length) !== 0 || netCalls().listen(fd, BACKLOG) !== 0) {
      const error = callError(`cannot listen at ${path}`);
      closeFd(fd);
      throw error;
    }
    this.#watch();
  }

  readable(): boolean {
    for (let accepted = 0, closed = 0; accepted < TURN;) {
      const fd = netCalls().accept4(this.#fd, null, null, NON_BLOCKING | CLOEXEC);
      if (fd < 0) return this.#refused();
      const user = uid(peerOf(fd).uid);
      if (this.accepting.closes(user)) {
        closeFd(fd);
        // Somebody connects without pause: the flows come first.
        if (++closed === CLOSED_A_TURN) return this.#rest(SIFT_PAUSE);
        continue;
      }
      accepted++;
      this.accepting.accept(new FdStream(fd, this.poller), user);
      if (this.#closed) return false;
    }
    return true;
  }

  writable(): void {}

  /** Stops. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#again?.cancel();
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
  }

  /** None is there, or it was given up meanwhile, or it cannot be taken now: it stays in the queue. */
  #refused(): false {
    const errno = lastErrno();
    if (errno === EAGAIN || errno === EINTR || errno === ECONNABORTED) return false;
    return this.#rest(RETRY);
  }

  #rest(delay: number): false {
    this.poller.forget(this.#fd);
    this.#again = this.timers.after(delay, () => this.#watch());
    return false;
  }

  #watch(): void {
    this.poller.watch(this.#fd, this, READABLE, true);
  }
}
