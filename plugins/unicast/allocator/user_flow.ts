/**
 * One end of a user flow: where it leads, and its pace.
 *
 * @module
 */
import type { CongestionFlow } from "../../../core/contract/policies/congestion.ts";
import { type Address, addressText } from "../../../core/contract/ids.ts";
import type { UpperFlow } from "../../../core/contract/ipcp.ts";
import { type QosCube, qosCube } from "../../../core/contract/qos.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { FlowRecord } from "../../../core/ipcp/allocation/flow_record.ts";
import type { KeyedRequest } from "../../../core/ipcp/allocation/known_requests.ts";
import type { EndpointId } from "../wire/flow_allocation_message.ts";
import type { StandingQueue } from "../transfer/standing_queue.ts";
import type { Endpoint } from "./endpoint_table.ts";
import type { Paced } from "./pacer.ts";

/** A request that came. */
export interface MemberRequest extends KeyedRequest {
  readonly source: Address;
  /** The requester's end. */
  readonly eid: EndpointId;
  /** The message that answers it; undefined while there is none. */
  reply: Uint8Array | undefined;
}

/** One end of a user flow. Its peer is the address of the other end's IPCP. */
export class UserFlow extends FlowRecord<Address, MemberRequest> implements Endpoint, Paced {
  high = 0;
  low = 0;
  remoteHigh = 0;
  remoteLow = 0;
  readonly cube: QosCube;
  /** They need not be held back any more. */
  goOn: () => void = () => {};
  /** Nanoseconds: when the next packet should go; when the clock was read; until when lost time may be made up for. */
  next = 0;
  readAt = 0;
  catchUpUntil = 0;
  /** Packets until the clock is read again, and from one reading to the next. */
  unread = 0;
  stride = 1;
  /** There is no way to the other end's member, and the process above was told so. */
  suspended = false;
  /** Bytes of the largest packet that the path carries whole. */
  largest = Infinity;
  updatesSent = 0;
  updatesReceived = 0;

  constructor(
    upper: UpperFlow,
    peer: Address,
    state: "requested" | "offered",
    readonly congestion: CongestionFlow,
    /** Packets for the process above that stand. */
    readonly queue: StandingQueue,
    /** Milliseconds since 1970. */
    private readonly established: number,
  ) {
    super(upper, peer, state);
    this.cube = qosCube(upper.qos);
  }

  /** The path carries packets of at most so many bytes from now on. */
  limit(bytes: number): void {
    this.largest = bytes;
    this.upper.limit(bytes);
  }

  /** The own EID. */
  get eid(): EndpointId {
    return { high: this.high, low: this.low };
  }

  /** The EID of the other end, 0 while it is not known. */
  get remoteEid(): EndpointId {
    return { high: this.remoteHigh, low: this.remoteLow };
  }

  set remoteEid({ high, low }: EndpointId) {
    this.remoteHigh = high;
    this.remoteLow = low;
  }

  override stats(): Stats {
    const ends = {
      established: new Date(this.established).toISOString(),
      cube: this.cube,
      remoteAddress: addressText(this.peer),
      localEid: hexadecimal(this.eid),
      remoteEid: hexadecimal(this.remoteEid),
    };
    return {
      ...this.record(ends),
      updates: { sent: this.updatesSent, received: this.updatesReceived },
      congestion: this.congestion.stats(),
    };
  }
}

function hexadecimal({ high, low }: EndpointId): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
