/**
 * The end of a mounted file system at which this process answers: requests come from it, answers go to it.
 *
 * @module
 */
import { errnoText } from "../c/libc.ts";
import { closeFd, lastErrno, netCalls } from "../c/net_calls.ts";
import { READABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";
import type { Mount } from "./fuse_calls.ts";

/** Bytes of the largest request, and of what the kernel wants there to be at least. */
const LARGEST = 64 << 10;
/** Requests after which others have their turn. */
const BOUND = 64;
const EINTR = 4, ENOENT = 2, EAGAIN = 11, ENODEV = 19;

/** Who answers. */
export interface FuseAnswerer {
  /** No request is taken while it is full; it says when it is not any more with {@link FuseDevice.goOn}. */
  readonly full: boolean;
  /** Takes a request, valid during the call. */
  take(message: Uint8Array): void;
}

/** A mounted file system. */
export class FuseDevice implements Pollable {
  readonly #buffer = new Uint8Array(LARGEST);
  #answerer: FuseAnswerer | undefined;
  #watched = false;
  #closed = false;
  /** It is being unmounted: answers may still be waited for. */
  #closing = false;

  /** @param gone called when it has ended otherwise than by {@link close}, with the reason */
  constructor(
    private readonly mount: Mount,
    private readonly poller: Poller,
    private readonly gone: (reason: string) => void,
  ) {}

  /** Lets it be answered for, from now on. */
  serve(answerer: FuseAnswerer): void {
    this.#answerer = answerer;
    this.goOn();
  }

  /** Takes requests again. */
  goOn(): void {
    if (this.#closed || this.#watched || this.#answerer?.full !== false) return;
    this.#watched = true;
    this.poller.watch(this.mount.fd, this, READABLE);
  }

  /** Answers. Who has asked may have gone. */
  answer(message: Uint8Array<ArrayBuffer>): void {
    if (!this.#closed) netCalls().write(this.mount.fd, message, BigInt(message.length));
  }

  readable(): boolean {
    for (let count = 0; count < BOUND; count++) {
      if (this.#closed || !this.#answerer) return false;
      if (this.#answerer.full) {
        this.#pause();
        return false;
      }
      const length = Number(netCalls().read(this.mount.fd, this.#buffer, BigInt(LARGEST)));
      const errno = length < 0 ? lastErrno() : 0;
      // A request may be gone before it is read.
      if (errno === EINTR || errno === ENOENT) continue;
      if (errno === EAGAIN) return false;
      if (errno !== 0) {
        this.#end();
        if (!this.#closing) this.gone(errno === ENODEV ? "it was unmounted" : errnoText(errno));
        return false;
      }
      this.#answerer.take(this.#buffer.subarray(0, length));
    }
    return true;
  }

  writable(): void {}

  /** Unmounts it, though somebody may look, and ends it. @throws OuroError when it stays */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closing = true;
    try {
      await this.mount.unmount();
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (this.#closed) return;
    this.#pause();
    this.#closed = true;
    closeFd(this.mount.fd);
  }

  #pause(): void {
    if (this.#watched) this.poller.forget(this.mount.fd);
    this.#watched = false;
  }
}
