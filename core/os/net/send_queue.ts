/**
 * When packets of a ring go out: a full batch at once, the rest at the end of what runs now, and what the system does
 * not take as soon as it has room.
 *
 * @module
 */
import type { Timer, Timers } from "../../contract/ports.ts";
import { systemTimers } from "../clock.ts";
import { EAGAIN } from "../c/errno.ts";
import type { SendRing } from "./send_ring.ts";

/** A signal came. */
const EINTR = 4;
/** The queue of the device is full; nothing tells when it is not any more. */
const ENOBUFS = 105;
/** Milliseconds after which a device is tried again. */
const RETRY = 1;

/** The socket's side of a queue. */
export interface Transmitter {
  /** Offers the oldest packets to the system: how many it took (at least 1), or a negative error number. */
  transmit(): number;
  /** The oldest packet cannot be sent for this reason: how many are to be dropped with it (at least 1). */
  refused(errno: number): number;
  /** Asks, or asks no longer, for a call of {@link SendQueue.writable} when the system has room. */
  wantRoom(wanted: boolean): void;
}

/** Who wants to know that a queue has fallen to a level. */
interface Drain {
  readonly level: number;
  readonly drained: () => void;
}

/** The queue of one port. */
export class SendQueue {
  /** Packets that were dropped. */
  lost = 0;
  readonly #drains: Drain[] = [];
  readonly #endOfTurn = () => {
    this.#scheduled = false;
    this.#flush();
  };
  readonly #retry = () => {
    this.#blocked = false;
    this.#flush();
  };
  #ring: SendRing;
  #scheduled = false;
  #blocked = false;
  #timer: Timer | undefined;
  #closed = false;
  #notifying = false;
  /** The most that waited since the last call of those who want to know. */
  #highest = 0;

  /** @param batch packets that do not wait for the end of what runs now */
  constructor(
    ring: SendRing,
    private readonly transmitter: Transmitter,
    private readonly batch: number,
    private readonly timers: Timers = systemTimers,
  ) {
    this.#ring = ring;
  }

  /** Packets that the system has not taken. */
  get count(): number {
    return this.#ring.count;
  }

  /** Puts a packet into the ring; returns its slot; −1 when it was dropped. {@link commit} must follow. */
  put(header: Uint8Array, packet: Uint8Array): number {
    const slot = this.#closed ? -1 : this.#ring.put(header, packet);
    if (slot < 0) this.lost++;
    return slot;
  }

  /** The packet in the ring is complete. */
  commit(): void {
    if (this.#blocked) return;
    if (this.#ring.count >= this.batch) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(this.#endOfTurn);
    }
  }

  /** The system has room. */
  writable(): void {
    this.transmitter.wantRoom(false);
    this.#retry();
  }

  /** Calls `drained` whenever the queue has fallen to `level` or below after it was above. */
  onDrained(level: number, drained: () => void): void {
    this.#drains.push({ level, drained });
  }

  /** Uses another ring from now on; what waits in the old one is dropped. */
  replace(ring: SendRing): void {
    this.#flush();
    this.#drop(this.#ring.count);
    this.#ring = ring;
  }

  /** Sends what the system takes at once, drops the rest, and takes no more. */
  close(): void {
    if (!this.#blocked) this.#flush();
    this.#timer?.cancel();
    this.#closed = true;
    this.#drop(this.#ring.count);
    this.#drains.length = 0;
  }

  #flush(): void {
    if (this.#closed) return;
    this.#highest = Math.max(this.#highest, this.#ring.count);
    while (this.#ring.count > 0 && !this.#blocked) {
      const taken = this.transmitter.transmit();
      if (taken > 0) this.#ring.take(taken);
      else this.#failed(-taken);
    }
    this.#notice();
  }

  #failed(errno: number): void {
    if (errno === EINTR) return;
    this.#blocked = errno === EAGAIN || errno === ENOBUFS;
    if (errno === EAGAIN) this.transmitter.wantRoom(true);
    else if (errno === ENOBUFS) this.#timer = this.timers.after(RETRY, this.#retry);
    else this.#drop(this.transmitter.refused(errno));
  }

  #drop(count: number): void {
    this.lost += count;
    this.#ring.take(count);
  }

  /** Those who want to know send again: they are called when this call has ended. */
  #notice(): void {
    const highest = this.#highest, now = this.#ring.count;
    if (this.#notifying || !this.#drains.some(({ level }) => highest > level && now <= level)) return;
    this.#notifying = true;
    queueMicrotask(() => {
      this.#notifying = false;
      const before = this.#highest;
      this.#highest = this.#ring.count;
      for (const { level, drained } of this.#drains) {
        if (before > level && this.#ring.count <= level && !this.#closed) drained();
      }
    });
  }
}
