/**
 * One end of a user flow: where it leads, and what it has carried.
 *
 * @module
 */
import type { CongestionFlow } from "../../../core/contract/congestion.ts";
import type { Address } from "../../../core/contract/ids.ts";
import type { UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { type QosCube, qosCube } from "../../../core/contract/qos.ts";
import type { EndpointId } from "../../../core/wire/flow_allocation_message.ts";
import type { Endpoint } from "./endpoint_table.ts";
import type { KnownRequest } from "./known_requests.ts";
import type { Paced } from "./pacer.ts";
import type { StandingQueue } from "../transfer/standing_queue.ts";

/**
 * `asking` for the flow; `offered` to a process above; `up`; `lost`: the other end is gone, the process above has yet to
 * deallocate; `cancelled`: nobody above wants it any more, but a reply may still come; `gone`.
 */
export type UserState = "asking" | "offered" | "up" | "lost" | "cancelled" | "gone";

/** One end of a user flow. */
export class UserFlow implements Endpoint, Paced {
  high = 0;
  low = 0;
  state: UserState;
  remoteHigh = 0;
  remoteLow = 0;
  readonly cube: QosCube;
  /** The request that it answers, at the end that was asked. */
  request: KnownRequest | undefined;
  /** Packets from above are held back. */
  held = false;
  /** They need not be any more. */
  goOn: () => void = () => {};
  /** Set while the flow is being deallocated: ends it early. */
  leave: (() => void) | undefined;
  /** Nanoseconds: when the next packet should go; when the clock was read; until when lost time may be made up for. */
  next = 0;
  readAt = 0;
  catchUpUntil = 0;
  /** Packets until the clock is read again, and from one reading to the next. */
  unread = 0;
  stride = 1;
  sent = 0;
  sentBytes = 0;
  notSent = 0;
  notSentBytes = 0;
  received = 0;
  receivedBytes = 0;
  notReceived = 0;
  notReceivedBytes = 0;
  updatesSent = 0;
  updatesReceived = 0;

  /** @param remote address of the other end's IPCP */
  constructor(
    readonly upper: UpperFlow,
    readonly remote: Address,
    readonly congestion: CongestionFlow,
    /** Packets for the process above that stand. */
    readonly queue: StandingQueue,
    state: "asking" | "offered",
  ) {
    this.state = state;
    this.cube = qosCube(upper.qos);
  }

  /** The own EID. */
  get eid(): EndpointId {
    return { high: this.high, low: this.low };
  }

  /** The EID of the other end, 0 while it is not known. */
  get remoteEid(): EndpointId {
    return { high: this.remoteHigh, low: this.remoteLow };
  }

  /** State, ends and counters. */
  stats(): Stats {
    const counter = (packets: number, bytes: number): Stats => ({ packets, bytes });
    return {
      fd: this.upper.fd,
      flow: this.upper.id,
      state: this.state,
      cube: this.cube,
      remoteAddress: this.remote,
      localEid: hexadecimal(this.eid),
      remoteEid: hexadecimal(this.remoteEid),
      queued: this.upper.queued,
      held: this.held,
      sent: counter(this.sent, this.sentBytes),
      sendFailed: counter(this.notSent, this.notSentBytes),
      received: counter(this.received, this.receivedBytes),
      receiveFailed: counter(this.notReceived, this.notReceivedBytes),
      updates: { sent: this.updatesSent, received: this.updatesReceived },
      congestion: this.congestion.stats(),
    };
  }
}

function hexadecimal({ high, low }: EndpointId): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
