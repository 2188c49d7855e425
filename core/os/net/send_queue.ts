/**
 * When packets of a ring go out: a full batch at once, the rest at the end of what runs now, and what the system does
 * not take as soon as it has room.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../../contract/ports.ts";
import { QueueLimit } from "../../kit/queues/queue_limit.ts";
import { systemClock, systemTimers } from "../clock.ts";
import { afterCall } from "../turn.ts";
import { EAGAIN } from "../c/errno.ts";
import type { SendRing } from "./send_ring.ts";

/** A signal came. */
const EINTR = 4;
/** The queue of the device is full; nothing tells when it is not any more. */
const ENOBUFS = 105;
/** Milliseconds after which a device is tried again. */
const RETRY = 1;
/**
 * Fewest and most packets that the system may have at a time, and how many at first. A device whose queue is longer than it sends in
 * some milliseconds (that of a shaper, say) hides it from those who send; and what is too much for it is lost without a word.
 */
const LEAST = 8, MOST = 4096, AT_FIRST = 64;
/** Bytes that a packet takes in the system, about. */
const PACKET_BYTES = 2048;
/** Packets between two looks at what the system has. */
const LOOK = 16;

const SYSTEM = { clock: systemClock, timers: systemTimers };

/** The socket's side of a queue. */
export interface Transmitter {
  /** Offers the oldest packets to the system: how many it took (at least 1), or a negative error number. */
  transmit(): number;
  /** The oldest packet cannot be sent for this reason: how many are to be dropped with it (at least 1). */
  refused(errno: number): number;
  /** Bytes that the system has taken and the device has not sent; 0 where nobody knows. */
  held(): number;
  /** Asks, or asks no longer, for a call of {@link SendQueue.writable} when the system has room. */
  wantRoom(wanted: boolean): void;
}

/** The queue of one port. */
export class SendQueue {
  /** Packets that were dropped. */
  lost = 0;
  readonly #endOfTurn = () => {
    this.#scheduled = false;
    this.#flush();
  };
  readonly #retry = () => {
    this.#blocked = false;
    this.#flush();
  };
  readonly #limit = new QueueLimit(LEAST, MOST, AT_FIRST);
  /** Packets that the system has taken since that was looked at. */
  #unseen = 0;
  #ring: SendRing;
  #scheduled = false;
  #blocked = false;
  #timer: Timer | undefined;
  #closed = false;
  /** Who wants to know that no more than so many wait. */
  #level = 0;
  #drained: (() => void) | undefined;
  /** More wait, or did when that was looked at last. */
  #above = false;
  #notifying = false;

  /** @param batch packets that do not wait for the end of what runs now */
  constructor(
    ring: SendRing,
    private readonly transmitter: Transmitter,
    private readonly batch: number,
    private readonly ports: { readonly clock: Clock; readonly timers: Timers } = SYSTEM,
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
      afterCall(this.#endOfTurn);
    }
  }

  /** The system has room. */
  writable(): void {
    this.transmitter.wantRoom(false);
    this.#retry();
  }

  /** From now on `drained` is called whenever the queue has fallen to `level` or below after it was above. */
  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#above = this.#ring.count > level;
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
    this.#drained = undefined;
  }

  #flush(): void {
    if (this.#closed) return;
    if (this.#ring.count > this.#level) this.#above = true;
    while (this.#ring.count > 0 && !this.#blocked) {
      if (this.#unseen >= LOOK && this.#deviceIsFull()) break;
      const taken = this.transmitter.transmit();
      if (taken > 0) {
        this.#unseen += taken;
        this.#ring.take(taken);
      } else this.#failed(-taken);
    }
    this.#notice();
  }

  /** The device has enough for now; it is looked at until it has sent half of that. */
  #deviceIsFull(): boolean {
    this.#unseen = 0;
    const held = this.transmitter.held() / PACKET_BYTES;
    if (held < this.#limit.packets) return false;
    this.#limit.full(held, this.ports.clock.now());
    this.#blocked = true;
    this.#timer = this.ports.timers.after(RETRY, this.#look);
    return true;
  }

  readonly #look = (): void => {
    const held = this.transmitter.held() / PACKET_BYTES;
    if (held > this.#limit.packets / 2) {
      this.#timer = this.ports.timers.after(RETRY, this.#look);
      return;
    }
    this.#limit.drained(held, this.ports.clock.now());
    this.#retry();
  };

  #failed(errno: number): void {
    if (errno === EINTR) return;
    this.#blocked = errno === EAGAIN || errno === ENOBUFS;
    if (errno === EAGAIN) this.transmitter.wantRoom(true);
    else if (errno === ENOBUFS) this.#timer = this.ports.timers.after(RETRY, this.#retry);
    else this.#drop(this.transmitter.refused(errno));
  }

  #drop(count: number): void {
    this.lost += count;
    this.#ring.take(count);
  }

  /** Who wants to know sends again: it is called when this call has ended. */
  #notice(): void {
    if (this.#notifying || !this.#isDrained) return;
    this.#notifying = true;
    afterCall(() => {
      this.#notifying = false;
      if (!this.#isDrained) return;
      this.#above = false;
      this.#drained?.();
    });
  }

  get #isDrained(): boolean {
    return this.#above && this.#ring.count <= this.#level && this.#drained !== undefined;
  }
}
