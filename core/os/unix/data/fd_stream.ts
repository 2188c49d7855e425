/**
 * A connected Unix socket as a stream of bytes that is read and written in the call, with the process's poller for what has to wait.
 *
 * @module
 */
import type { ByteStream, StreamUser } from "../../../kit/byte_stream.ts";
import { EAGAIN, EINTR } from "../../c/errno.ts";
import { callError, closeFd, lastErrno, MSG_DONTWAIT, netCalls, pollFor } from "../../c/net_calls.ts";
import { READABLE, WRITABLE } from "../../wait/epoll.ts";
import type { Pollable, Poller } from "../../wait/watched.ts";

const MSG_NOSIGNAL = 0x4000;

/** A stream over a descriptor, which it closes. */
export class FdStream implements ByteStream, Pollable {
  #user: StreamUser | undefined;
  /** What waits to be filled, and to be written. */
  #into: Uint8Array | undefined;
  #out: Uint8Array | undefined;
  /** The last read has left nothing behind. */
  #drained = false;
  /** Events that the poller watches for; 0: it knows nothing of the descriptor. */
  #watched = 0;
  /** Nothing more can be read, and written. */
  #ended = false;
  #broken = false;
  #closed = false;

  constructor(readonly fd: number, private readonly poller: Poller) {}

  open(user: StreamUser): void {
    this.#user = user;
  }

  read(into: Uint8Array): number | null | undefined {
    if (!this.#drained) {
      const count = this.#receive(into);
      if (count !== undefined || this.#ended) return count;
    }
    this.#into = into;
    // The poller goes on watching for what was read before.
    if ((this.#watched & READABLE) === 0) this.#watch(this.#watched | READABLE);
    return undefined;
  }

  write(bytes: Uint8Array): number {
    const count = this.#send(bytes);
    if (count > 0) return count;
    if (this.#broken) return 0;
    this.#out = bytes;
    this.#watch(this.#watched | WRITABLE);
    return 0;
  }

  wait(limit: number): void {
    const events = (this.#into ? READABLE : 0) | (this.#out ? WRITABLE : 0);
    if (events === 0) return;
    const found = pollFor(this.fd, events, limit);
    if (found & ~WRITABLE && this.#into) this.readable();
    if (found & ~READABLE && this.#out) this.writable();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = this.#ended = this.#broken = true;
    this.#into = this.#out = this.#user = undefined;
    if (this.#watched !== 0) this.poller.forget(this.fd);
    closeFd(this.fd);
  }

  readable(): boolean {
    const into = this.#into;
    if (into === undefined) {
      this.#drained = false;
      // Nobody reads now: the poller forgets it if it watches for nothing else.
      this.#watch(this.#watched & WRITABLE);
      return false;
    }
    const count = this.#receive(into);
    if (count === undefined) return false;
    this.#into = undefined;
    this.#user?.arrived(count);
    return false;
  }

  writable(): void {
    const bytes = this.#out;
    if (bytes === undefined) return this.#watch(this.#watched & READABLE);
    const count = this.#send(bytes);
    if (count === 0) return;
    this.#out = undefined;
    this.#watch(this.#watched & READABLE);
    this.#user?.wrote(count);
  }

  /** Undefined: there is nothing now, or nothing more, which the user has been told. */
  #receive(into: Uint8Array): number | null | undefined {
    const count = netCalls().recv_some(this.fd, into, BigInt(into.length), MSG_DONTWAIT);
    this.#drained = count < into.length;
    if (count > 0) return count;
    if (count === 0) return null;
    const errno = lastErrno();
    if (errno === EAGAIN || errno === EINTR) return undefined;
    this.#fail();
    this.#user?.readFailed(callError("cannot read from a data socket", errno));
    return undefined;
  }

  /** 0: nothing can be written now, or any more, which the user has been told. */
  #send(bytes: Uint8Array): number {
    const count = netCalls().send_some(this.fd, bytes, BigInt(bytes.length), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) return count;
    const errno = lastErrno();
    if (errno === EAGAIN || errno === EINTR) return 0;
    // What has arrived can still be read.
    this.#out = undefined;
    this.#broken = true;
    this.#user?.writeFailed(callError("cannot write to a data socket", errno));
    return 0;
  }

  #fail(): void {
    this.#ended = true;
    this.#into = undefined;
    this.#forget();
  }

  #watch(events: number): void {
    if (this.#closed || this.#watched === events) return;
    if (events === 0) return this.#forget();
    this.#watched = events;
    this.poller.watch(this.fd, this, events);
  }

  #forget(): void {
    if (this.#watched === 0) return;
    this.#watched = 0;
    this.poller.forget(this.fd);
  }
}
