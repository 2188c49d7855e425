/**
 * The contract between the IPCP host (the process that `ouro ipcpd TYPE` starts) and an IPCP type, a plugin.
 * All calls answer through {@link Done}; none holds a promise, so the same type runs in the simulator.
 *
 * @module
 */
import type { Address, Fd, FlowId, NameHash } from "./ids.ts";
import type { OptionValues } from "./options.ts";
import type { Done } from "./outcome.ts";
import type { QosSpec } from "./qos.ts";
import type { Stats } from "./stats.ts";

/** Where an IPCP of the same name was when it ran before. */
export interface FormerAddress {
  /** The layer that it was in. */
  readonly layer: string;
  /** Its address there, where members have one. */
  readonly address?: Address;
  /** Its {@link Layer.place}. */
  readonly place?: string;
}

/** What a layer is bootstrapped with. */
export interface LayerConfig<O extends OptionValues = OptionValues> {
  /** Name of the layer. */
  readonly layer: string;
  /** Checked against the plugin's declaration, defaults filled in. */
  readonly options: O;
  /** The IPCP had an address before: in the same layer it takes it again where it can, as others may know it. */
  readonly former?: FormerAddress;
}

/** A flow that somebody above wants, or that somebody elsewhere wants to somebody above. */
export interface FlowRequest {
  /** Hash of the name that the flow is for. */
  readonly hash: NameHash;
  /** Quality that is asked for. */
  readonly qos: QosSpec;
  /** Data of the allocation protocol that travels with the request; may be empty. */
  readonly data: Uint8Array;
}

/** The answer to a {@link FlowRequest}. */
export interface FlowReply {
  /** 0: accepted; else the negative error number (see the error catalogue). */
  readonly response: number;
  /** Data of the allocation protocol that travels with the answer; may be empty. */
  readonly data: Uint8Array;
}

/**
 * An IPCP that is in no layer yet. Bootstrapping or enrolling answers with its place in the layer; after a failure it may be
 * tried again. The host checks life-cycle states and ids before it calls, and takes an error that a call throws as its answer.
 */
export interface Ipcp<O extends OptionValues = OptionValues> {
  /** Makes the first member of a new layer. */
  bootstrap(config: LayerConfig<O>, done: Done<Layer>): void;
  /** Becomes a member of the layer that `destination` is in. @param former as in {@link LayerConfig} */
  enroll?(destination: string, done: Done<Layer>, former?: FormerAddress): void;
  /** Stops an IPCP that has not come into a layer: no call comes after this one. */
  shutdown?(): void;
}

/** A layer, as one of its members sees it: what the IRMd may ask of an IPCP that is in a layer. */
export interface Layer {
  /** Name of the layer. */
  readonly name: string;
  /** Name of the hash plugin of the layer. */
  readonly hash: string;
  /** Address of this IPCP in the layer, where members have one: it is kept for when an IPCP of its name comes back. */
  readonly address?: Address;
  /** Where it is in the network below, as its type writes it: kept like the address. Changes are told with {@link Upper.moved}. */
  readonly place?: string;
  /** Longest life of a packet in the layer, in milliseconds; left out: 100. */
  readonly mpl?: number;
  /**
   * Largest packet of a new flow, in bytes; left out: what the local protocol carries. A flow whose path carries less says so
   * with {@link UpperFlow.limit}.
   */
  readonly maxPacket?: number;
  /** To how many other members there is a way at the moment; left out: the type does not know. */
  readonly reach?: number;
  /** Connects a component (`mgmt` or `dt`) to the same component of `destination`. */
  connect?(destination: string, component: string, qos: QosSpec, done: Done): void;
  /** Ends such a connection. */
  disconnect?(destination: string, component: string, done: Done): void;
  /** Makes the hash reachable in the layer through this IPCP. Known already: success. */
  register(hash: NameHash, done: Done): void;
  /** Takes it back. Not known: success. */
  unregister(hash: NameHash, done: Done): void;
  /** Is the hash reachable in the layer? */
  query(hash: NameHash, done: Done<boolean>): void;
  /**
   * Asks the layer for a flow on behalf of somebody above. `done` says that the request is under way; the outcome of
   * the allocation comes later through {@link Upper.allocated}. When `done` says that it failed, the flow is gone.
   */
  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void;
  /**
   * Somebody above has answered a request that was passed up with {@link Upper.request}. When the answer is not 0 the flow
   * is gone, whatever `done` says.
   */
  respond(flow: UpperFlow, reply: FlowReply, done: Done): void;
  /** Joins the flow to the broadcast of the layer. */
  join?(flow: UpperFlow, done: Done): void;
  /**
   * The end above is done with the flow, in whatever state it is. The flow is gone when `done` is called.
   *
   * @param linger milliseconds for which late packets of the flow must still be carried
   */
  deallocate(flow: UpperFlow, linger: number, done: Done): void;
  /** Statistics of every component, as a tree of plain data. */
  stats?(): Stats;
  /** Leaves the layer and stops: no call comes after this one. */
  shutdown(): void;
}

/** An N+1 flow as the IPCP type sees it. */
export interface UpperFlow {
  /** Its id on this host. */
  readonly id: FlowId;
  /** Its number inside this IPCP, from 64, lowest free first. */
  readonly fd: Fd;
  /** Quality that was asked for. */
  readonly qos: QosSpec;
  /** Packets sent up that the process above has not taken yet. */
  readonly queued: number;
  /** Sends one packet up. Copied before the call returns. False: the queue was full and the packet is dropped and counted. */
  send(packet: Uint8Array): boolean;
  /** Where packets from above go, from now on. A packet is valid during the call only; its receiver may change it in place. */
  onPacket(receive: (packet: Uint8Array) => void): void;
  /** No packet comes from above until {@link resume}: the process above has to wait. May be called from within a packet's call. */
  pause(): void;
  /** Packets come again; perhaps before this call returns. */
  resume(): void;
  /** From now on the layer carries packets of at most so many bytes on this flow: the process above is told. */
  limit(maxPacket: number): void;
  /**
   * The layer cannot carry packets for now (a cable is out, say), or can again: the process above is told. Packets from above
   * still come, to be dropped; the flow stays allocated.
   */
  suspend(suspended: boolean): void;
}

/** What an IPCP type tells or asks the IRMd. */
export interface Upper {
  /**
   * A request for a flow arrived. The outcome says which flow it got, once a process above that accepts was found;
   * the answer of that process comes with {@link Layer.respond}.
   */
  request(request: FlowRequest, done: Done<UpperFlow>): void;
  /**
   * A flow that was asked for with {@link Layer.allocate} is up, or refused. When it is refused, the flow is gone.
   *
   * @param mpl longest life of a packet in the layer, in milliseconds
   */
  allocated(flow: UpperFlow, reply: FlowReply, mpl: number): void;
  /**
   * Joins two flows of this host end to end: their processes talk to each other without this IPCP. Called before
   * {@link allocated}, by layers that stay inside one host. From then on it is the IRMd that tells either end when the
   * other is gone.
   */
  splice(requester: UpperFlow, responder: UpperFlow): void;
  /** The layer has lost this flow: its process above gets flow-down, and {@link Layer.deallocate} follows. */
  down(flow: UpperFlow, reason: string): void;
  /** The IPCP is at another {@link Layer.place}. */
  moved?(place: string): void;
}

/** A flow that this IPCP has in a layer below, as an application of that layer. */
export interface LowerFlow {
  /** Its number inside this IPCP. */
  readonly fd: Fd;
  /** Quality of the flow. */
  readonly qos: QosSpec;
  /** Largest packet it carries now, in bytes. */
  readonly maxPacket: number;
  /** It carries nothing for now: see {@link UpperFlow.suspend}. */
  readonly suspended: boolean;
  /** Packets sent that the layer below has not taken yet. */
  readonly queued: number;
  /**
   * Sends one packet. Copied before the call returns. False: the queue was full, or the packet is larger than
   * {@link maxPacket}; it is dropped and counted.
   *
   * @param header bytes that go in front of `packet`, in the same packet
   */
  send(packet: Uint8Array, header?: Uint8Array): boolean;
  /** Where packets go, from now on. A packet is valid during the call only; its receiver may change it in place. */
  onPacket(receive: (packet: Uint8Array) => void): void;
  /** Called whenever {@link queued} has fallen to `level` or below after it was above. */
  onDrained(level: number, drained: () => void): void;
  /** Called when {@link maxPacket} or {@link suspended} has changed. */
  onChange(changed: () => void): void;
  /** Called once when the flow is gone without {@link deallocate}. */
  onDown(down: (reason: string) => void): void;
  /** Ends the flow. */
  deallocate(): void;
}

/** Flows in the layers below. */
export interface Lower {
  /** Allocates a flow to a name. */
  allocate(name: string, qos: QosSpec, done: Done<LowerFlow>): void;
  /** From now on, flows to the names that this IPCP is bound to go to `accept`. */
  accept(accept: (flow: LowerFlow) => void): void;
}
