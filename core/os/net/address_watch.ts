/**
 * Tells sockets that IP addresses of the machine have come or gone, or that its devices have changed: one socket of rtnetlink(7) for
 * all of them.
 *
 * @module
 */
import type { Timer } from "../../contract/ports.ts";
import { systemTimers } from "../clock.ts";
import { closeFd, lastErrno, MSG_DONTWAIT, netCalls } from "../c/net_calls.ts";
import { openNetlink } from "./netlink.ts";
import { READABLE } from "../wait/epoll.ts";
import type { Pollable, Poller } from "../wait/watched.ts";

/** Groups 1, 5 and 9: devices, and addresses of IPv4 and IPv6. */
const ADDRESSES = 0x1 | 0x10 | 0x100;
/** The kernel has dropped news because they were not read in time. */
const ENOBUFS = 105;
/** News are not looked at: whoever listens looks for its own address. */
const BUFFER = 4096;
/** Datagrams that are read in one turn. */
const BOUND = 64;
/** Milliseconds until they look once more: an address that goes is told of before it cannot be used any more. */
const SETTLED = 100;

/** Watches addresses; open while anybody listens. */
export class AddressWatch implements Pollable {
  readonly #listeners = new Set<() => void>();
  readonly #buffer = new Uint8Array(new ArrayBuffer(BUFFER));
  #fd = -1;
  #again: Timer | undefined;

  constructor(private readonly poller: Poller) {}

  /** Calls `look` when an address has come or gone, or a device has changed, from now on. */
  add(look: () => void): void {
    if (this.#fd < 0) {
      this.#fd = openNetlink(ADDRESSES, "addresses");
      this.poller.watch(this.#fd, this, READABLE);
    }
    this.#listeners.add(look);
  }

  /** Calls it no more. */
  remove(look: () => void): void {
    if (!this.#listeners.delete(look) || this.#listeners.size > 0) return;
    this.#again?.cancel();
    this.#again = undefined;
    this.poller.forget(this.#fd);
    closeFd(this.#fd);
    this.#fd = -1;
  }

  readable(): boolean {
    let news = false, more = true;
    for (let count = 0; count < BOUND && more; count++) {
      const length = netCalls().recv(this.#fd, this.#buffer, BigInt(BUFFER), MSG_DONTWAIT);
      more = Number(length) > 0 || lastErrno() === ENOBUFS;
      news ||= more;
    }
    if (news) this.#look();
    return more;
  }

  writable(): void {}

  #look(): void {
    this.#again?.cancel();
    this.#again = systemTimers.after(SETTLED, () => this.#tell());
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#listeners]) if (this.#listeners.has(look)) look();
  }
}
