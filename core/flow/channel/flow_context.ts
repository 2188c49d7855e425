/**
 * What a flow is made of.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { Fd, FlowId } from "../../contract/ids.ts";
import type { Timers } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { KnownSecurity } from "../../contract/security.ts";
import type { FlowChannel } from "./flow_channel.ts";

/** What is known of a flow once it is allocated. */
export interface FlowInfo {
  /** Id of this end on this host. */
  readonly id: FlowId;
  /** The name that the flow was allocated to, or the layer that was joined. */
  readonly name: string;
  /** Quality of the flow. */
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Largest packet in bytes, at the time of the allocation. */
  readonly maxPacket: number;
  /** Data of the other end that came with the allocation; may be empty. */
  readonly data: Uint8Array;
  /** Its cipher, and who is at the other end. */
  readonly security: KnownSecurity;
  /** How many ends the flow has: all members of a layer that was joined, or two, which may then run a protocol. */
  readonly ends: "two" | "many";
}

/** What a flow is made of; made by the client, not by applications. */
export interface FlowContext {
  /** Number inside the process. */
  readonly fd: Fd;
  /** What is known of it. */
  readonly info: FlowInfo;
  /** Its data connection, not opened yet. */
  readonly channel: FlowChannel;
  /** For time limits. */
  readonly timers: Timers;
  /** Tells the IRMd and frees the number, when the data connection is closed. */
  release(): Promise<void>;
  /** Told when {@link release} has failed after the call that deallocated the flow was answered. */
  failedLate?(error: OuroError): void;
}
