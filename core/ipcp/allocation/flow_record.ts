/**
 * One end of a flow between processes, at the IPCP that carries it: its state, and what it has carried.
 *
 * @module
 */
import type { UpperFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";

/**
 * `requested` from a peer; `offered` to a process above; `up`; `lost`: the other end is gone, the process above has yet to
 * deallocate; `cancelled`: nobody above wants it any more, but a reply may still come; `gone`.
 */
export type FlowState = "requested" | "offered" | "up" | "lost" | "cancelled" | "gone";

/** One end of a flow. A peer is the IPCP of the other end. */
export abstract class FlowRecord<Peer, Request> {
  state: FlowState;
  /** The request that it answers, at the end that was asked. */
  request: Request | undefined;
  /** Packets from above are held back. */
  held = false;
  /** Set while the flow is being deallocated: ends it early. */
  leave: (() => void) | undefined;
  sent = 0;
  sentBytes = 0;
  notSent = 0;
  notSentBytes = 0;
  received = 0;
  receivedBytes = 0;
  notReceived = 0;
  notReceivedBytes = 0;

  constructor(readonly upper: UpperFlow, public peer: Peer, state: "requested" | "offered") {
    this.state = state;
  }

  /** Counts a packet of so many bytes from above, which was sent or was dropped. */
  countSent(bytes: number, sent: boolean): void {
    if (sent) {
      this.sent++;
      this.sentBytes += bytes;
    } else {
      this.notSent++;
      this.notSentBytes += bytes;
    }
  }

  /** Returns state, ends and counters. @param ends how the layer names the two ends */
  protected record(ends: Stats): Stats {
    const counter = (packets: number, bytes: number): Stats => ({ packets, bytes });
    return {
      fd: this.upper.fd,
      flow: this.upper.id,
      state: this.state,
      ...ends,
      queued: this.upper.queued,
      held: this.held,
      sent: counter(this.sent, this.sentBytes),
      sendFailed: counter(this.notSent, this.notSentBytes),
      received: counter(this.received, this.receivedBytes),
      receiveFailed: counter(this.notReceived, this.notReceivedBytes),
    };
  }

  /** Returns state, ends and counters. */
  abstract stats(): Stats;
}

/** A record of a flow in any kind of layer. */
export type AnyFlowRecord = FlowRecord<unknown, unknown>;
