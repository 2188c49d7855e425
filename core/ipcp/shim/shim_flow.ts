/**
 * One end of a flow over a legacy network: where it leads, and what it has carried.
 *
 * @module
 */
import type { NameHash } from "../../contract/ids.ts";
import type { Stats } from "../../contract/stats.ts";
import { FlowRecord } from "../allocation/flow_record.ts";
import type { KeyedRequest } from "../allocation/known_requests.ts";
import type { Endpoint } from "./endpoint_table.ts";
import type { ShimReply, ShimRequest } from "./shim_message.ts";

/** A request that waits for its answer, or whose flow is up. */
export interface ShimRequestState<Peer extends Uint8Array> extends KeyedRequest {
  /** Who sent it; a copy. */
  readonly peer: Peer;
  /** The peer, as text. */
  readonly peerKey: string;
  /** Its data is a copy. */
  readonly message: ShimRequest;
  /** The answer; undefined while there is none. */
  reply: ShimReply | undefined;
  /** Bytes that may still be sent to the peer before it has proved to be there. */
  allowance: number;
  /** The peer has used the same id for a newer request: this one is no more. */
  replaced: boolean;
}

/** One end of a flow. Its peer is the address of the other end's IPCP, the flow's own copy. */
export class ShimFlow<Peer extends Uint8Array> extends FlowRecord<Peer, ShimRequestState<Peer>>
  implements Endpoint {
  /** The own id: an EID, or a SAP; the table sets it. */
  id = 0;
  /** The id of the other end; 0 while it is not known. */
  peerId = 0;
  /** The name that it was asked for here. */
  name: NameHash | undefined;
  /** Called once, with the first packet from the peer: who knows the own id is no impostor. Undefined from then on. */
  unconfirmed: (() => void) | undefined;

  /** Packets from the peer go up. A requester hears it from its request on: packets may overtake the reply. */
  get hears(): boolean {
    return this.state === "up" || this.state === "requested";
  }

  /** Delivers a packet from the peer, for this flow, which {@link hears}. It is copied before the call returns. */
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

  override stats(): Stats {
    return this.record({ peer: this.peer.toHex(), localId: this.id, remoteId: this.peerId });
  }

  #confirm(): void {
    const confirmed = this.unconfirmed;
    this.unconfirmed = undefined;
    confirmed?.();
  }
}
