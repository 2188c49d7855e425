/**
 * The flow allocator: makes, serves and ends flows between users of the layer.
 *
 * @module
 */
import type { Congestion } from "../../core/contract/congestion.ts";
import type { Directory } from "../../core/contract/directory.ts";
import { InternalError } from "../../core/contract/errors.ts";
import type { Address } from "../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, Stats, Upper, UpperFlow } from "../../core/contract/ipcp.ts";
import type { Done } from "../../core/contract/outcome.ts";
import type { Scheduling } from "../../core/contract/policies.ts";
import type { Ports } from "../../core/contract/ports.ts";
import type { DataTransfer } from "./data_transfer.ts";

/** What the flow allocator works with. It registers itself with data transfer: as component 0, and for user flows. */
export interface FlowAllocatorParts extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Length of a hash in the layer, in bytes. */
  readonly hashLength: number;
  readonly dataTransfer: DataTransfer;
  readonly directory: Pick<Directory, "query">;
  readonly congestion: Congestion;
  /** Order in which flows that waited go on. */
  readonly scheduling: Scheduling;
  readonly upper: Upper;
}

/** The flow allocator component. Its methods are those of `Ipcp`. */
export class FlowAllocator {
  constructor(_parts: FlowAllocatorParts) {}

  /** Asks for a flow on behalf of somebody above; the outcome comes with `Upper.allocated`. */
  allocate(_flow: UpperFlow, _request: FlowRequest, _done: Done): void {
    throw new InternalError("the flow allocator is not made yet");
  }

  /** Somebody above has answered a request. */
  respond(_flow: UpperFlow, _reply: FlowReply, _done: Done): void {
    throw new InternalError("the flow allocator is not made yet");
  }

  /** The end above is done with the flow; it is carried on for `linger` milliseconds. */
  deallocate(_flow: UpperFlow, _linger: number, _done: Done): void {
    throw new InternalError("the flow allocator is not made yet");
  }

  /** Every user flow with its counters, and what was dropped. */
  stats(): Stats {
    throw new InternalError("the flow allocator is not made yet");
  }

  /** Disarms all timers: no call comes after this one. */
  shutdown(): void {
    throw new InternalError("the flow allocator is not made yet");
  }
}
