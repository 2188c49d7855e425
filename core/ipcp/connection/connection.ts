/**
 * Components of an IPCP that connect to the same components of other IPCPs, each over an N-1 flow of its own.
 *
 * @module
 */
import type { Address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";

/** What a component says of itself when it connects (connection establishment protocol, CEP). */
export interface Component {
  /** Its name on the wire, such as `Data Transfer`. */
  readonly name: string;
  /** The protocol that it speaks; may be empty. */
  readonly protocol: string;
  /** Version of the protocol. */
  readonly version: number;
  /** Code of the syntax of its messages: 0 protobuf, 2 fixed. */
  readonly syntax: number;
  /** Address of this IPCP in the layer; 0 where the component needs none. */
  readonly address: Address;
}

/** A connection of a component. */
export interface Connection {
  readonly component: Component;
  readonly flow: LowerFlow;
  /** Address of the other IPCP; 0 where the component needs none. */
  readonly peer: Address;
  /** The name that this IPCP connected to; undefined: the other one connected. */
  readonly destination: string | undefined;
}

/** Takes the news of a component's connections. */
export interface ConnectionListener {
  /** A connection is there. The listener sets where its packets go, before this call returns. */
  up(connection: Connection): void;
  /** It is gone: disconnected here, or its N-1 flow is down. Its flow is deallocated after this call. */
  down(connection: Connection, reason: string): void;
}
