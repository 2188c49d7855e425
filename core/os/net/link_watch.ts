/**
 * Tells ports what happens to their devices: one socket of rtnetlink(7) for all of them.
 *
 * @module
 */
import { closeFd, lastErrno, MSG_DONTWAIT, netCalls } from "../c/net_calls.ts";
import { type LinkNews, openNetlink, readLinkNews } from "./netlink.ts";
import { READABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";

/** Group 1: devices. */
const RTMGRP_LINK = 1;
/** The kernel has dropped news because they were not read in time. */
const ENOBUFS = 105;
/** The kernel's own datagrams have up to 32 KB. */
const BUFFER = 32 * 1024;
/** Datagrams that are read in one turn. */
const BOUND = 16;

/** Who is told about a device. */
export interface LinkListener {
  /** It has changed. */
  news(news: LinkNews): void;
  /** It may have changed in a way that was not told: look. */
  look(): void;
}

/** Watches devices; open while anybody listens. */
export class LinkWatch implements Pollable {
  readonly #listeners = new Map<LinkListener, number>();
  readonly #buffer = new Uint8Array(new ArrayBuffer(BUFFER));
  #fd = -1;

  constructor(private readonly poller: Poller) {}

  /** Tells `listener` about the device of this number, from now on. */
  add(index: number, listener: LinkListener): void {
    if (this.#fd < 0) {
      this.#fd = openNetlink(RTMGRP_LINK, "network devices");
      this.poller.watch(this.#fd, this, READABLE);
    }
    this.#listeners.set(listener, index);
  }

  /** Tells `listener` no more. */
  remove(listener: LinkListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0 || this.#fd < 0) return;
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
    this.#fd = -1;
  }

  readable(): boolean {
    for (let count = 0; count < BOUND && this.#fd >= 0; count++) {
      const length = Number(netCalls().recv(this.#fd, this.#buffer, BigInt(BUFFER), MSG_DONTWAIT));
      if (length > 0) readLinkNews(this.#buffer.subarray(0, length), (news) => this.#tell(news));
      else if (length < 0 && lastErrno() === ENOBUFS) this.#look();
      else return false;
    }
    return true;
  }

  writable(): void {}

  #look(): void {
    for (const listener of [...this.#listeners.keys()]) {
      if (this.#listeners.has(listener)) listener.look();
    }
  }

  #tell(news: LinkNews): void {
    // A listener may end, and others with it.
    for (const [listener, index] of [...this.#listeners]) {
      if (index === news.index && this.#listeners.has(listener)) listener.news(news);
    }
  }
}
