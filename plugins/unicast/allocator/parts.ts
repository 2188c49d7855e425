/**
 * Packets in parts: a path that has become smaller still has to carry what was written for a larger one, since a reliable flow sends
 * the same packet again until it has arrived. Only members of our kind are sent parts: the path's size is known of no others.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import { BoundedMap } from "../../../core/kit/bounded_map.ts";
import {
  encodeFlowAllocationMessage,
  FLOW_ALLOCATION_HEADER_BYTES as HEADER,
  type FlowAllocationPart,
} from "../wire/flow_allocation_message.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import type { UserFlow } from "./user_flow.ts";

/** Packets of which some parts have come; the one that was begun first is given up first. */
const MAX_PACKETS = 64;
/** Largest packet, and the smallest part but the last, in bytes. */
const MAX_BYTES = 65_536, MIN_PART = 256;

/** What they work with. */
export interface PartsContext {
  /** Address of this member. */
  readonly own: Address;
  readonly endpoints: EndpointTable<UserFlow>;
  /** Sends a message to another flow allocator. False: there is no way to it. */
  send(to: Address, message: Uint8Array): boolean;
  /** A packet for an end of a flow is complete. */
  deliver(high: number, low: number, packet: Uint8Array): void;
}

interface Packet {
  readonly bytes: Uint8Array;
  /** Where parts begin that have come. */
  readonly offsets: Set<number>;
  missing: number;
}

/** Packets that are larger than their path, both ways. */
export class Parts {
  readonly #packets = new BoundedMap<string, Packet>(MAX_PACKETS);
  readonly #counts = { sent: 0, received: 0, dropped: 0 };
  #number = 0;

  constructor(private readonly context: PartsContext) {}

  /** Sends a packet in messages of at most so many bytes. False: there is no way, or they would be too small. */
  send({ peer, remoteEid }: UserFlow, packet: Uint8Array, largest: number): boolean {
    const room = largest - HEADER;
    if (room < MIN_PART) return false;
    const number = this.#number = (this.#number + 1) >>> 0;
    const total = packet.length;
    for (let offset = 0; offset < total; offset += room) {
      const data = packet.subarray(offset, offset + room);
      const part = {
        kind: "part",
        source: this.context.own,
        remoteEid,
        number,
        offset,
        total,
        data,
      } as const;
      if (!this.context.send(peer, encodeFlowAllocationMessage(part))) return false;
    }
    this.#counts.sent++;
    return true;
  }

  /** A part came. */
  received({ source, remoteEid: { high, low }, number, offset, total, data }: FlowAllocationPart): void {
    const end = offset + data.length;
    const whole = end <= total && total <= MAX_BYTES && (data.length >= MIN_PART || end === total);
    if (!whole || data.length === 0 || this.context.endpoints.find(high, low)?.peer !== source) {
      this.#counts.dropped++;
      return;
    }
    const key = `${source} ${number} ${high} ${low}`;
    let packet = this.#packets.get(key);
    if (packet?.bytes.length !== total) {
      packet = { bytes: new Uint8Array(total), offsets: new Set(), missing: total };
      this.#packets.set(key, packet);
    }
    if (packet.offsets.has(offset)) return;
    packet.offsets.add(offset);
    packet.bytes.set(data, offset);
    packet.missing -= data.length;
    if (packet.missing > 0) return;
    this.#packets.delete(key);
    this.#counts.received++;
    this.context.deliver(high, low, packet.bytes);
  }

  /** Packets that were sent and received in parts, and parts that were dropped. */
  stats(): { readonly sent: number; readonly received: number; readonly dropped: number } {
    return { ...this.#counts };
  }
}
