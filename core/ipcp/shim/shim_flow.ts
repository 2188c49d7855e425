/**
 * One end of a flow over a legacy network: where it leads, and what it has carried.
 *
 * @module
 */
import type { UpperFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import type { Endpoint } from "./endpoint_table.ts";
import type { KnownRequest } from "./known_requests.ts";

/**
 * `asking` for the flow; `offered` to a process above; `up`; `lost`: the other end is gone, the process above has yet to
 * deallocate; `cancelled`: nobody above wants it any more, but a reply may still come; `gone`.
 */
export type ShimState = "asking" | "offered" | "up" | "lost" | "cancelled" | "gone";

const NO_HEADER = new Uint8Array(0);

/** One end of a flow. */
export class ShimFlow<Peer extends Uint8Array> implements Endpoint {
  /** The own id: an EID, or a SAP; the table sets it. */
  id = 0;
  state: ShimState;
  /** The id of the other end; 0 while it is not known. */
  peerId = 0;
  /** What the network puts in front of packets on this flow; its alone. */
  header: Uint8Array = NO_HEADER;
  /** The request that it answers, at the end that was asked. */
  request: KnownRequest<Peer> | undefined;
  /** Called once, with the first packet from the peer: who knows the own id is no impostor. Undefined from then on. */
  unconfirmed: (() => void) | undefined;
  /** Packets from above are held back, because the network does not take them as fast. */
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

  /** @param peer the IPCP of the other end; the flow's own copy */
  constructor(readonly upper: UpperFlow, readonly peer: Peer, state: "asking" | "offered") {
    this.state = state;
  }

  /** Packets from the peer go up. A requester hears it from its request on: packets may overtake the reply. */
  get hears(): boolean {
    return this.state === "up" || this.state === "asking";
  }

  /** A packet came from the peer, for this flow, which {@link hears}. It is copied before the call returns. */
  deliver(packet: Uint8Array): void {
    if (this.unconfirmed !== undefined) this.#confirm();
    if (this.upper.send(packet)) {
      this.received++;
      this.receivedBytes += packet.length;
    } else {
      this.notReceived++;
      this.notReceivedBytes += packet.length;
    }
  }

  /** A packet of so many bytes from above was given to the network, or was dropped. */
  countSent(bytes: number, sent: boolean): void {
    if (sent) {
      this.sent++;
      this.sentBytes += bytes;
    } else {
      this.notSent++;
      this.notSentBytes += bytes;
    }
  }

  /** State, ends and counters. */
  stats(): Stats {
    const counter = (packets: number, bytes: number): Stats => ({ packets, bytes });
    return {
      fd: this.upper.fd,
      flow: this.upper.id,
      state: this.state,
      peer: this.peer.toHex(),
      localId: this.id,
      remoteId: this.peerId,
      queued: this.upper.queued,
      held: this.held,
      sent: counter(this.sent, this.sentBytes),
      sendFailed: counter(this.notSent, this.notSentBytes),
      received: counter(this.received, this.receivedBytes),
      receiveFailed: counter(this.notReceived, this.notReceivedBytes),
    };
  }

  #confirm(): void {
    const confirmed = this.unconfirmed;
    this.unconfirmed = undefined;
    confirmed?.();
  }
}
