/**
 * How an IPCP gets at the data connections of its N+1 flows (docs/local-protocol.md §3).
 *
 * @module
 */
import type { Done } from "../contract/outcome.ts";
import type { ConnectTo } from "../wire/local/connect_json.ts";
import type { PacketPort } from "../flow/channel/packet_port.ts";

/** One end of a data connection with a process above, or with one that captures. */
export type DataPort = Pick<
  PacketPort,
  | "queued"
  | "send"
  | "onPacket"
  | "onDrained"
  | "onDown"
  | "pause"
  | "resume"
  | "limit"
  | "suspend"
  | "flush"
  | "close"
>;

/** Makes data connections. */
export interface DataConnections {
  /** A process above will connect with this token. Returns what stops waiting for it. */
  expect(token: string, connected: (port: DataPort) => void): () => void;
  /** Connects to the process above that listens there. */
  connect(to: ConnectTo, done: Done<DataPort>): void;
}
