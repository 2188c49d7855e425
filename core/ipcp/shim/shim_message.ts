/**
 * Management messages between IPCPs over legacy networks (release 0.23.0), as plain data: each network has a layout of its own
 * for them. Those from the deallocation on are ours (docs/wire-extensions.md); the reference logs them and goes on.
 *
 * @module
 */
import type { NameHash } from "../../contract/ids.ts";
import type { QosSpec } from "../../contract/qos.ts";

/** Asks for a flow to a name. */
export interface ShimRequest {
  readonly code: "request";
  /** Id of the end of the IPCP that asks: an EID, or a SAP. */
  readonly requester: number;
  readonly qos: QosSpec;
  readonly hash: NameHash;
  /** Data of the allocation protocol. When decoded: a view into the message. */
  readonly data: Uint8Array;
}

/** The answer to a request. */
export interface ShimReply {
  readonly code: "reply";
  /** The id that the request named. */
  readonly requester: number;
  /** Id of the end of the IPCP that answers; meaningless when it refuses. */
  readonly responder: number;
  /** 0: accepted; negative: refused, an error number; any other value is a refusal too. Int32. */
  readonly response: number;
  /** Data of the allocation protocol. When decoded: a view into the message. */
  readonly data: Uint8Array;
}

/** Asks everybody who has registered a name. */
export interface ShimQuery {
  readonly code: "query";
  /** Whoever is of our kind marks its answer; only over Ethernet (docs/wire-extensions.md). */
  readonly marked?: true;
  readonly hash: NameHash;
}

/** The sender has registered the name. */
export interface ShimAnswer {
  readonly code: "answer";
  /** The answer to a marked question, by an IPCP of our kind. */
  readonly marked?: true;
  readonly hash: NameHash;
}

/** The sender has deallocated its end of a flow. */
export interface ShimDeallocate {
  readonly code: "deallocate";
  /** Id of the sender's end, whichever of the two had asked for the flow. */
  readonly source: number;
  /** Id of the end of the IPCP that this is told to. */
  readonly destination: number;
}

/** A packet was for an end that is not there, or whose other end is somebody else. */
export interface ShimAbsent {
  readonly code: "absent";
  /** The id that the packet named. */
  readonly destination: number;
}

/** Asks whether the other end of a flow is there; it is answered with {@link ShimPresent} or {@link ShimDeallocate}. */
export interface ShimCheck {
  readonly code: "check";
  /** Id of the sender's end. */
  readonly source: number;
  /** Id of the end that is asked for. */
  readonly destination: number;
}

/** The end that was asked for is there. */
export interface ShimPresent {
  readonly code: "present";
  /** Id of the end that was asked for. */
  readonly source: number;
  /** Id of the end of the IPCP that has asked. */
  readonly destination: number;
}

/** The sender has another address now; only over Ethernet. It comes from the old address. */
export interface ShimMove {
  readonly code: "move";
  /** Id of the sender's end of a flow that goes on at the new address; 0: the message is about no flow. */
  readonly source: number;
  /** Id of the other end of that flow; 0: the message is about no flow. */
  readonly destination: number;
  /** The new address. When decoded: a view into the message. */
  readonly address: Uint8Array;
}

/** Asks all who had an address before; only over Ethernet. */
export interface ShimSeek {
  readonly code: "seek";
  /** A hash that nobody has: the message looks like a query to those who do not know it. */
  readonly hash: NameHash;
  /** The address. When decoded: a view into the message. */
  readonly address: Uint8Array;
}

/** The sender had another address before. */
export interface ShimFormer {
  readonly code: "former";
  /** That address. When decoded: a view into the message. */
  readonly address: Uint8Array;
}

/** Any management message. */
export type ShimMessage =
  | ShimRequest
  | ShimReply
  | ShimQuery
  | ShimAnswer
  | ShimDeallocate
  | ShimAbsent
  | ShimCheck
  | ShimPresent
  | ShimMove
  | ShimSeek
  | ShimFormer;
