/**
 * An N-1 flow of data transfer: its counters, the packets that wait for it, and the user flows that wait for room.
 *
 * @module
 */
import { type Address, addressText } from "../../../core/contract/ids.ts";
import type { Congestion } from "../../../core/contract/policies/congestion.ts";
import type { LowerFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import type { Scheduling, SchedulingQueue } from "../../../core/contract/policies/small_policies.ts";
import type { Clock, Timers } from "../../../core/contract/ports.ts";
import type { QosCube } from "../../../core/contract/qos.ts";
import { QueueLimit } from "../../../core/kit/queues/queue_limit.ts";
import { headerEidHigh, headerEidLow, markHeaderEcn } from "../wire/data_transfer_header.ts";
import { FlowShares } from "./flow_shares.ts";
import { Outbound } from "./outbound.ts";
import { StandingQueue } from "./standing_queue.ts";
import { DROPPED_SIZE, FAILED_WRITES, SENT, TransferCounters } from "./transfer_counters.ts";

/**
 * From so many queued packets or bytes on, users of this host wait, and before that from so many times what the N-1 flow takes at a
 * time. They go on when half of them is left.
 */
const LONG = 4096, LONG_BYTES = 768 * 1024, TIMES = 8;
/**
 * Fewest and most packets that the N-1 flow has to take at a time; the others wait here, where voice goes before the rest, and flows
 * take turns. Fewer than the fewest may have been taken without a report (docs/local-protocol.md).
 */
const LEAST_BELOW = 16, MOST_BELOW = 4096;
/** Shares of flows in the N-1 flow are looked at where so many packets wait in it. */
const SHARED = 16;
/** No packet is marked for more than these: levels of 8 bits would overflow. */
const MOST_MARKED = 4095;
/** Packets over which the average size is taken. */
const AVERAGED = 16;

/** Somebody who sends faster than the N-1 flow takes packets. */
export interface Waiter {
  readonly cube: QosCube;
  /** There is room again, or the N-1 flow is gone. */
  goOn(): void;
}

/** What an N-1 flow of data transfer works with. */
export interface TransferFlowContext {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scheduling: Scheduling;
  readonly congestion: Congestion;
}

/** An N-1 flow to a neighbour. */
export class TransferFlow {
  readonly counters = new TransferCounters();
  /** The part of its queue that is congestion. */
  readonly queue: StandingQueue;
  /** It carried nothing when that was last looked at. */
  suspended: boolean;
  readonly #outbound: Outbound;
  readonly #below = new QueueLimit(LEAST_BELOW, MOST_BELOW, LEAST_BELOW);
  readonly #congestion: Congestion;
  /** Of the packets in the N-1 flow; looked at since the first time that many waited. */
  #shares: FlowShares | undefined;
  readonly #clock: Clock;
  readonly #waiting: SchedulingQueue<Waiter>;
  /** Those who wait go on when so many packets are left. */
  #resumeAt = 0;
  /** Milliseconds since 1970. */
  readonly #established: number;
  /** Average size of packets, in bytes. */
  #size = 0;

  constructor(
    readonly lower: LowerFlow,
    readonly neighbour: Address,
    { scheduling, congestion, clock, timers }: TransferFlowContext,
  ) {
    this.suspended = lower.suspended;
    this.queue = new StandingQueue(this, { clock, timers });
    this.#outbound = new Outbound(scheduling);
    this.#congestion = congestion;
    this.#clock = clock;
    this.#waiting = scheduling.queue();
    this.#established = clock.wall();
  }

  /** Packets that wait, here and in the N-1 flow. */
  get queued(): number {
    return this.lower.queued + this.#outbound.length;
  }

  /** Whether users of this host should wait, when a packet of `bytes` bytes comes. */
  queueStands(below: number, cube: QosCube, bytes: number): boolean {
    this.#size += (bytes - this.#size) / AVERAGED;
    const ahead = below + this.#outbound.ahead(cube);
    return ahead >= this.#below.packets * TIMES || ahead >= LONG || ahead * this.#size >= LONG_BYTES;
  }

  /**
   * Sends a packet in its turn; it is copied before the call returns. It is marked when it goes, so that its receiver hears of the
   * queue as it is then, and not as it was when the packet came to its end. False: it was dropped, and counted.
   *
   * @param below packets that wait in the N-1 flow
   * @param header of data transfer, which `packet` begins with when it is left out
   */
  send(below: number, packet: Uint8Array, header: Uint8Array | undefined, cube: QosCube): boolean {
    const limit = this.#below;
    this.queue.add(below + this.#outbound.length);
    const head = header ?? packet;
    if (below < limit.packets && this.#outbound.length === 0) {
      this.#mark(head, below, 0);
      return this.#write(packet, header, cube);
    }
    const bytes = packet.length + (header === undefined ? 0 : header.length);
    if (bytes > this.lower.maxPacket || !this.#outbound.put(packet, header, cube, flowOf(head))) {
      this.#notSent(cube, bytes);
      return false;
    }
    if (this.#outbound.length === 1) this.#watch();
    return true;
  }

  /** `waiter` is told once when there is room again. */
  wait(waiter: Waiter): void {
    if (this.#waiting.length === 0) {
      this.#resumeAt = this.queued >> 1;
      if (this.#outbound.length === 0) this.#watch();
    }
    this.#waiting.add(waiter, waiter.cube);
  }

  /** The flow is gone: nobody waits for it any more. */
  end(): void {
    this.queue.stop();
    this.#outbound.clear();
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
      queued: this.queued,
      waiting: this.#waiting.length,
      cubes: this.counters.stats(),
    };
  }

  /**
   * Marks a packet that goes now by how many packets stand that the next one of its flow has to wait for. Flows of which many packets
   * are in the N-1 flow are told of more, others of less: so those that have less win.
   *
   * @param ahead packets here that the next one has to wait for
   */
  #mark(header: Uint8Array, below: number, ahead: number): void {
    const { standing } = this.queue;
    let waiting = below;
    if (below >= SHARED) {
      const share = (this.#shares ??= new FlowShares()).add(flowOf(header));
      waiting = below * share * share | 0;
    }
    markHeaderEcn(header, this.#congestion.mark(Math.min(waiting + ahead, standing, MOST_MARKED)));
  }

  #write(packet: Uint8Array, header: Uint8Array | undefined, cube: QosCube): boolean {
    const bytes = packet.length + (header === undefined ? 0 : header.length);
    this.#below.sent();
    if (this.lower.send(packet, header)) {
      this.counters.add(SENT, cube, bytes);
      return true;
    }
    this.#notSent(cube, bytes);
    return false;
  }

  /** A packet of `bytes` bytes was not sent: counts why. */
  #notSent(cube: QosCube, bytes: number): void {
    if (bytes > this.lower.maxPacket) {
      this.queue.withdrawn();
      return this.counters.add(DROPPED_SIZE, cube, bytes);
    }
    this.queue.overflown();
    this.counters.add(FAILED_WRITES, cube, bytes);
  }

  #watch(): void {
    const { lower } = this;
    if (this.#outbound.length === 0) return lower.onDrained(this.#resumeAt, this.#drained);
    this.#below.full(lower.queued, this.#clock.now());
    lower.onDrained(this.#below.packets >> 1, this.#drained);
  }

  /** Packets go on in their turn, then those who waited, until there is no room again. */
  readonly #drained = (): void => {
    const { lower } = this;
    const limit = this.#below;
    limit.drained(lower.queued, this.#clock.now());
    for (let below = lower.queued; below < limit.packets; below = lower.queued) {
      const next = this.#outbound.next();
      if (next === undefined) break;
      this.#mark(next.packet, below, this.#outbound.aheadOf(next));
      this.#write(next.packet, undefined, next.cube);
    }
    if (this.#waiting.length > 0 && this.queued <= this.#resumeAt) this.#goOn();
    if (this.#outbound.length > 0 || this.#waiting.length > 0) this.#watch();
  };

  #goOn(): void {
    for (let left = this.#waiting.length; left > 0; left--) {
      this.#waiting.next()?.goOn();
      // It waits again: there is no room for others.
      if (this.#waiting.length >= left) break;
    }
    this.#resumeAt = this.queued >> 1;
  }
}

/** Returns the number of the flow that a packet is of. */
const flowOf = (header: Uint8Array): number => headerEidLow(header) ^ headerEidHigh(header);
