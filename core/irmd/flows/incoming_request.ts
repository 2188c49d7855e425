/**
 * A request for a flow that a layer has passed up.
 *
 * @module
 */
import type { FlowId, NameHash } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { ServerHandshake } from "../oap/server_handshake.ts";
import type { IpcpRecord } from "../tables/ipcps.ts";
import type { Name } from "../tables/names.ts";

/** A quality of service as it goes into messages. */
export type QosJson = Readonly<Record<string, number | string>>;

/** What `upper.request` is asked with. */
export interface IncomingParams {
  readonly hash: NameHash;
  readonly qos: QosJson;
  /** The request of the allocation protocol. */
  readonly data: Uint8Array;
  /** Longest life of a packet in the layer, in milliseconds, where the IPCP says it. */
  readonly mpl: number | undefined;
  /** Largest packet of the flow, in bytes, where the IPCP says it. */
  readonly maxPacket: number | undefined;
}

/** A request that waits for a process that accepts. */
export interface IncomingRequest extends IncomingParams {
  readonly ipcp: IpcpRecord;
  readonly name: Name;
  /** What the request of the allocation protocol has come to. */
  readonly handshake: ServerHandshake;
  readonly reply: Done<{ readonly flow: FlowId }>;
  timer: Timer | undefined;
}
