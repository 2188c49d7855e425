/**
 * Packets of user flows: from the process above to data transfer at the pace that congestion avoidance allows, and from data
 * transfer to the process above.
 *
 * @module
 */
import type { Congestion } from "../../../core/contract/policies/congestion.ts";
import type { Scheduling } from "../../../core/contract/policies/small_policies.ts";
import type { Clock, Timers } from "../../../core/contract/ports.ts";
import { type DataTransfer, HAS_WAY, QUEUE_STANDS, SENT } from "../transfer/data_transfer.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import { GRAIN, Pacer } from "./pacer.ts";
import type { UserFlow } from "./user_flow.ts";

const NANOSECONDS = 1e6;
const GRAIN_NS = GRAIN * NANOSECONDS;
/** Time that a timer came late is made up for, up to this many nanoseconds. */
const MAX_LAG = 4 * GRAIN_NS;
/** Reading the clock costs more than sending a packet: for a flow that sends in bursts it is read once in so many packets. */
const MAX_STRIDE = 16;
/** Packets that come faster than one in so many nanoseconds are a burst. */
const BURST = 4000;

/** What user traffic works with. */
export interface UserTrafficContext {
  readonly ports: { readonly clock: Clock; readonly timers: Timers };
  readonly dataTransfer: DataTransfer;
  readonly congestion: Congestion;
  readonly scheduling: Scheduling;
  readonly endpoints: EndpointTable<UserFlow>;
  /** Tells the other end of `user` its congestion level. */
  update(user: UserFlow, level: number): void;
  /** Sends a packet that is larger than the path in parts. False: it cannot be. */
  inParts(user: UserFlow, packet: Uint8Array): boolean;
}

/** Carries packets of user flows. */
export class UserTraffic {
  readonly #clock: Clock;
  readonly #dataTransfer: DataTransfer;
  readonly #congestion: Congestion;
  readonly #endpoints: EndpointTable<UserFlow>;
  readonly #pacer: Pacer;
  #unknown = 0;

  constructor(private readonly context: UserTrafficContext) {
    this.#clock = context.ports.clock;
    this.#dataTransfer = context.dataTransfer;
    this.#congestion = context.congestion;
    this.#endpoints = context.endpoints;
    this.#pacer = new Pacer(context.ports, context.scheduling);
    context.dataTransfer.users((high, low, ecn, payload) => this.#fromBelow(high, low, ecn, payload));
  }

  /** Packets that came for an EID that no flow has. */
  get unknown(): number {
    return this.#unknown;
  }

  /** The flow is up: packets from above are taken from now on. */
  open(user: UserFlow): void {
    user.goOn = () => this.#goOn(user);
    user.upper.onPacket((packet) => this.#fromAbove(user, packet));
  }

  /** Disarms all timers. */
  shutdown(): void {
    this.#pacer.stop();
  }

  #goOn(user: UserFlow): void {
    if (user.state !== "up") return;
    const now = this.#read(user);
    if (user.next > now + GRAIN_NS) return this.#hold(user);
    if (user.catchUpUntil === Infinity) user.catchUpUntil = now + GRAIN_NS;
    user.held = false;
    user.upper.resume();
  }

  #hold(user: UserFlow): void {
    user.catchUpUntil = Infinity;
    this.#pacer.hold(user);
  }

  #fromAbove(user: UserFlow, packet: Uint8Array): void {
    if (user.state !== "up") return;
    const { length } = packet;
    user.next = user.congestion.sent(length, this.#pace(user));
    const { peer, remoteHigh, remoteLow, cube } = user;
    const answer = length > user.largest && this.context.inParts(user, packet)
      ? HAS_WAY | SENT
      : this.#dataTransfer.transmit(peer, remoteHigh, remoteLow, cube, packet, user);
    user.countSent(length, (answer & SENT) !== 0);
    if ((answer & QUEUE_STANDS) !== 0) {
      user.held = true;
      user.upper.pause();
    } else if (user.next > user.readAt + GRAIN_NS && user.next > this.#read(user) + GRAIN_NS) {
      user.held = true;
      user.upper.pause();
      this.#hold(user);
    }
  }

  /** The time that a packet of the flow counts as sent: a burst is spread as its pace demands. */
  #pace(user: UserFlow): number {
    const now = user.unread-- > 0 ? user.readAt : this.#readInStride(user);
    if (user.next >= now) return user.next;
    // A flow that was held back is not to blame for a timer that came late.
    return now < user.catchUpUntil ? Math.max(user.next, now - MAX_LAG) : now;
  }

  #readInStride(user: UserFlow): number {
    const before = user.readAt;
    const now = this.#read(user);
    user.stride = now - before < user.stride * BURST ? Math.min(MAX_STRIDE, 2 * user.stride) : 1;
    user.unread = user.stride - 1;
    return now;
  }

  #read(user: UserFlow): number {
    return user.readAt = this.#clock.now() * NANOSECONDS;
  }

  /** A packet came that was sent in parts. */
  deliver(high: number, low: number, packet: Uint8Array): void {
    this.#fromBelow(high, low, 0, packet);
  }

  #fromBelow(high: number, low: number, ecn: number, payload: Uint8Array): void {
    const user = this.#endpoints.find(high, low);
    if (user === undefined || user.state === "cancelled" || user.state === "lost") {
      this.#unknown++;
      return;
    }
    const { upper } = user;
    // A process above that reads slowly is congestion too. While it is held back, what it reports of its reading is, too.
    const level = user.held ? ecn : ecn | this.#congestion.mark(user.queue.add(upper.queued));
    if (upper.send(payload)) {
      user.received++;
      user.receivedBytes += payload.length;
    } else {
      user.queue.overflown();
      user.notReceived++;
      user.notReceivedBytes += payload.length;
    }
    const told = user.congestion.received(level);
    if (told === undefined || user.state !== "up") return;
    user.updatesSent++;
    this.context.update(user, told);
  }
}
