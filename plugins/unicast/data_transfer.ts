/**
 * Data transfer: puts the layer's header in front of packets, finds their next hop, forwards those of others, and hands
 * those for this IPCP to its components and users.
 *
 * @module
 */
import { InternalError } from "../../core/contract/errors.ts";
import type { Congestion } from "../../core/contract/congestion.ts";
import type { Address, Fd } from "../../core/contract/ids.ts";
import type { LowerFlow, Stats } from "../../core/contract/ipcp.ts";
import type { Scheduling } from "../../core/contract/policies.ts";
import type { Ports } from "../../core/contract/ports.ts";
import type { QosCube } from "../../core/contract/qos.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/routing.ts";

/** What data transfer works with. */
export interface DataTransferParts extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Hops that a packet may take. */
  readonly maxTtl: number;
  readonly forwarding: Forwarding;
  readonly congestion: Congestion;
  /** Order in which flows that waited for room go on. */
  readonly scheduling: Scheduling;
}

/** Takes a packet of a user flow: the two halves of its EID, its congestion level, and what it carries (valid during the call). */
export type UserReceiver = (high: number, low: number, ecn: number, payload: Uint8Array) => void;

/** The data transfer component. */
export class DataTransfer {
  constructor(_parts: DataTransferParts) {}

  /** An N-1 flow to a neighbour is there: its packets come here from now on. Its end is told with {@link removeFlow}. */
  addFlow(_flow: LowerFlow, _neighbour: Address): void {
    throw new InternalError("data transfer is not made yet");
  }

  /** It is gone, or is about to be deallocated. Harmless when it is not known. */
  removeFlow(_fd: Fd): void {
    throw new InternalError("data transfer is not made yet");
  }

  /** From now on, packets for the reserved EID (0 … 63) go to `receive`; each is valid during the call only. */
  component(_eid: number, _name: string, _receive: (payload: Uint8Array) => void): void {
    throw new InternalError("data transfer is not made yet");
  }

  /** From now on, packets for EIDs that are not reserved go to `receive`. */
  users(_receive: UserReceiver): void {
    throw new InternalError("data transfer is not made yet");
  }

  /** Sends one packet, copied before the call returns. False: there is no way to `to`, or no room; counted. */
  send(_to: Address, _high: number, _low: number, _cube: QosCube, _payload: Uint8Array): boolean {
    throw new InternalError("data transfer is not made yet");
  }

  /** Routing has a new table. */
  replaceTable(_table: ForwardingTable): void {
    throw new InternalError("data transfer is not made yet");
  }

  /** Counters of every N-1 flow and component, by cube. */
  stats(): Stats {
    throw new InternalError("data transfer is not made yet");
  }

  /** Disarms all timers: no call comes after this one. */
  shutdown(): void {
    throw new InternalError("data transfer is not made yet");
  }
}
