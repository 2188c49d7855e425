/**
 * Routing and forwarding: what an IPCP knows of its layer, and where a packet goes next. Cores without I/O.
 *
 * @module
 */
import type { Address, Fd } from "../ids.ts";
import type { Stats } from "../stats.ts";
import type { OptionValues } from "../options.ts";
import type { Ports } from "../ports.ts";

/** For each destination, the N-1 flows that lead there, best first; never an empty list. */
export type ForwardingTable = ReadonlyMap<Address, readonly Fd[]>;

/** A management flow to a neighbour. */
export interface ManagementFlow {
  /** Address of the neighbour, from connection establishment. */
  readonly neighbour: Address;
  /** Its number inside this IPCP. */
  readonly fd: Fd;
  /** Sends one message, copied before the call returns. False: it was dropped. */
  send(message: Uint8Array): boolean;
}

/** What a routing policy gets from the IPCP. */
export interface RoutingContext<O extends OptionValues = OptionValues> extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** It had this address before: others may still know of adjacencies of its former self. */
  readonly returned?: boolean;
  /** Checked against the declaration of the policy, defaults filled in. */
  readonly options: O;
  /** Takes a complete new table. It is not changed afterwards. */
  install(table: ForwardingTable): void;
}

/** A plugin of kind `routing`. */
export interface Routing {
  /** Name of the forwarding plugin that goes with this policy. */
  readonly forwarding: string;
  /** A management flow is there; from now on its messages come to {@link receive}. */
  managementUp(flow: ManagementFlow): void;
  /** It is gone. */
  managementDown(flow: ManagementFlow): void;
  /** A message came; it is valid during the call only. What does not parse is counted and dropped. */
  receive(flow: ManagementFlow, message: Uint8Array): void;
  /** A data transfer flow to a neighbour is there. There may be several to one neighbour. */
  adjacencyUp(neighbour: Address, fd: Fd): void;
  /** It is gone. */
  adjacencyDown(neighbour: Address, fd: Fd): void;
  /** Addresses of all members of the layer that there is a way to, the own one left out. */
  members(): Iterable<Address>;
  /** What it knows and has counted. */
  stats(): Stats;
  /** Disarms all timers: no call comes after this one. */
  shutdown(): void;
}

/** A plugin of kind `forwarding`: picks the next hop of a packet. */
export interface Forwarding {
  /** Replaces the table. */
  replace(table: ForwardingTable): void;
  /**
   * The N-1 flow for a packet, undefined when there is none.
   *
   * @param flow any number that is the same for all packets of one flow, so that they keep their order
   */
  nextHop(destination: Address, flow: number): Fd | undefined;
  /**
   * Another N-1 flow for a packet that came over the one that {@link nextHop} gives: its neighbour does not know the way either, as
   * routes are changing. Left out: there is none, and the packet is lost.
   */
  otherHop?(destination: Address, cameOver: Fd): Fd | undefined;
  /** An N-1 flow does not carry packets at the moment: policies with alternates use another. */
  flowDown(fd: Fd): void;
  /** It carries packets again. */
  flowUp(fd: Fd): void;
}
