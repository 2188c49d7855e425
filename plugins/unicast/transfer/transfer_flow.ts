/**
 * An N-1 flow of data transfer: its counters, its queue, and the user flows that wait for room in it.
 *
 * @module
 */
import { type Address, addressText } from "../../../core/contract/ids.ts";
import type { LowerFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import type { Scheduling, SchedulingQueue } from "../../../core/contract/policies/small_policies.ts";
import type { Clock, Timers } from "../../../core/contract/ports.ts";
import type { QosCube } from "../../../core/contract/qos.ts";
import { StandingQueue } from "./standing_queue.ts";
import { DROPPED_SIZE, FAILED_WRITES, TransferCounters } from "./transfer_counters.ts";

/** From so many queued packets or bytes on, users of this host wait. They go on when half of them is left. */
const LONG = 4096;
const LONG_BYTES = 768 * 1024;
/** Packets over which the average size is taken. */
const AVERAGED = 16;

/** Somebody who sends faster than the N-1 flow takes packets. */
export interface Waiter {
  readonly cube: QosCube;
  /** There is room again, or the N-1 flow is gone. */
  goOn(): void;
}

/** An N-1 flow to a neighbour. */
export class TransferFlow {
  readonly counters = new TransferCounters();
  /** The part of its queue that is congestion. */
  readonly queue: StandingQueue;
  /** It carried nothing when that was last looked at. */
  suspended: boolean;
  readonly #waiting: SchedulingQueue<Waiter>;
  /** Milliseconds since 1970. */
  readonly #established: number;
  /** Average size of packets, in bytes. */
  #size = 0;

  constructor(
    readonly lower: LowerFlow,
    readonly neighbour: Address,
    scheduling: Scheduling,
    ports: { readonly clock: Clock; readonly timers: Timers },
  ) {
    this.suspended = lower.suspended;
    this.queue = new StandingQueue(lower, ports);
    this.#waiting = scheduling.queue();
    this.#established = ports.clock.wall();
  }

  /** Whether users of this host should wait, when a packet of `bytes` bytes meets `queued` others. */
  queueStands(queued: number, bytes: number): boolean {
    this.#size += (bytes - this.#size) / AVERAGED;
    return queued >= LONG || queued * this.#size >= LONG_BYTES;
  }

  /** A packet of `bytes` bytes was not sent: counts why. */
  notSent(cube: QosCube, bytes: number): void {
    if (bytes > this.lower.maxPacket) {
      this.queue.withdrawn();
      return this.counters.add(DROPPED_SIZE, cube, bytes);
    }
    this.queue.overflown();
    this.counters.add(FAILED_WRITES, cube, bytes);
  }

  /** `waiter` is told once when there is room again. */
  wait(waiter: Waiter): void {
    if (this.#waiting.length === 0) this.#watch();
    this.#waiting.add(waiter, waiter.cube);
  }

  /** The flow is gone: nobody waits for it any more. */
  end(): void {
    this.queue.stop();
    for (let left = this.#waiting.length; left > 0; left--) this.#waiting.next()?.goOn();
  }

  /** Neighbour, queue and counters. */
  stats(): Stats {
    return {
      fd: this.lower.fd,
      established: new Date(this.#established).toISOString(),
      neighbour: addressText(this.neighbour),
      maxPacket: this.lower.maxPacket,
      suspended: this.lower.suspended,
      queued: this.lower.queued,
      waiting: this.#waiting.length,
      cubes: this.counters.stats(),
    };
  }

  #watch(): void {
    this.lower.onDrained(this.lower.queued >> 1, this.#drained);
  }

  /** Those who waited go on in their turn, until there is no room again. */
  readonly #drained = (): void => {
    for (let left = this.#waiting.length; left > 0; left--) {
      this.#waiting.next()?.goOn();
      // It waits again: there is no room for others.
      if (this.#waiting.length >= left) break;
    }
    if (this.#waiting.length > 0) this.#watch();
  };
}
