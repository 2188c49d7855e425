// The types of version 1 of the contract between ouro and its plugins.
// Made from the contract 115bba6abd25ea51: change nothing here.
/** What an error may be made with. */
export interface OuroErrorOptions extends ErrorOptions {
  /** What a stranger at the other end may read, who has caused it; left out: nothing but its number. */
  readonly told?: string | undefined;
}
/** What all errors of the product have in common. */
export declare abstract class OuroError extends Error {
  /** Stable word, for programs. */
  abstract readonly code: string;
  /** Error number of the reference (`include/ouroboros/errno.h`) or of Linux. */
  abstract readonly errno: number;
  /** What a stranger at the other end may read, who has caused it; undefined: nothing but its number. */
  readonly told?: string;
  /** Makes one; `options.cause` is what led to it. */
  constructor(message: string, options?: OuroErrorOptions);
  /** Makes what a class of the catalogue extends: errors with this word and number. */
  static of<const Code extends string>(code: Code, errno: number): CataloguedClass<Code>;
}
/** A class of errors with a word of the catalogue. */
export type CataloguedClass<Code extends string> = abstract new (
  message: string,
  options?: OuroErrorOptions,
) => OuroError & { readonly code: Code; readonly errno: number };
declare const PermissionError_base: CataloguedClass<"OURO_PERMISSION">;
/** The caller may not do this. */
export declare class PermissionError extends PermissionError_base {}
declare const NotFoundError_base: CataloguedClass<"OURO_NOT_FOUND">;
/** The thing asked for is not there. */
export declare class NotFoundError extends NotFoundError_base {}
declare const WouldBlockError_base: CataloguedClass<"OURO_WOULD_BLOCK">;
/** Nothing to read, or no room to write, right now (non-blocking). */
export declare class WouldBlockError extends WouldBlockError_base {}
declare const ExhaustedError_base: CataloguedClass<"OURO_EXHAUSTED">;
/** A limit of the system is reached. */
export declare class ExhaustedError extends ExhaustedError_base {}
declare const ExistsError_base: CataloguedClass<"OURO_EXISTS">;
/** Something of that name exists already. */
export declare class ExistsError extends ExistsError_base {}
declare const InvalidError_base: CataloguedClass<"OURO_INVALID">;
/** An argument is not valid. */
export declare class InvalidError extends InvalidError_base {}
declare const CancelledError_base: CataloguedClass<"OURO_CANCELLED">;
/** The operation was ended before it was done. */
export declare class CancelledError extends CancelledError_base {}
declare const ProtocolError_base: CataloguedClass<"OURO_PROTOCOL">;
/** A message from another process or host is not of the agreed form. */
export declare class ProtocolError extends ProtocolError_base {}
declare const MessageSizeError_base: CataloguedClass<"OURO_MESSAGE_SIZE">;
/** A packet is larger than the flow carries. */
export declare class MessageSizeError extends MessageSizeError_base {}
declare const NotSupportedError_base: CataloguedClass<"OURO_NOT_SUPPORTED">;
/** This kind of IPCP, flow or build does not do that. */
export declare class NotSupportedError extends NotSupportedError_base {}
declare const TimedOutError_base: CataloguedClass<"OURO_TIMED_OUT">;
/** The time allowed is over. */
export declare class TimedOutError extends TimedOutError_base {}
declare const NotAllocatedError_base: CataloguedClass<"OURO_NOT_ALLOCATED">;
/** The flow is not allocated, or not any more. */
export declare class NotAllocatedError extends NotAllocatedError_base {}
declare const IpcpTypeError_base: CataloguedClass<"OURO_IPCP_TYPE">;
/** The IPCP is of another type than the operation needs. */
export declare class IpcpTypeError extends IpcpTypeError_base {}
declare const IrmdError_base: CataloguedClass<"OURO_IRMD">;
/** The IRMd cannot be reached, or went away. */
export declare class IrmdError extends IrmdError_base {}
declare const IpcpError_base: CataloguedClass<"OURO_IPCP">;
/** No IPCP can do it, or the IPCP refused. */
export declare class IpcpError extends IpcpError_base {}
declare const IpcpStateError_base: CataloguedClass<"OURO_IPCP_STATE">;
/** The IPCP is not in the state that the operation needs (say, not bootstrapped yet). */
export declare class IpcpStateError extends IpcpStateError_base {}
declare const FlowDownError_base: CataloguedClass<"OURO_FLOW_DOWN">;
/** The flow is down: the other end or the layer is gone. */
export declare class FlowDownError extends FlowDownError_base {}
declare const FlowPeerError_base: CataloguedClass<"OURO_FLOW_PEER">;
/** The other end has not been heard of for longer than the flow allows. */
export declare class FlowPeerError extends FlowPeerError_base {}
declare const NameError_base: CataloguedClass<"OURO_NAME">;
/** The name is not known. */
export declare class NameError extends NameError_base {}
declare const CryptError_base: CataloguedClass<"OURO_CRYPT">;
/** Encryption failed or could not be agreed. */
export declare class CryptError extends CryptError_base {}
declare const AuthError_base: CataloguedClass<"OURO_AUTH">;
/** The other end could not be authenticated. */
export declare class AuthError extends AuthError_base {}
declare const PluginError_base: CataloguedClass<"OURO_PLUGIN">;
/** A plugin is missing, twice there, of another API version, or failed. */
export declare class PluginError extends PluginError_base {}
declare const InternalError_base: CataloguedClass<"OURO_INTERNAL">;
/** A fault of the product itself: report it. */
export declare class InternalError extends InternalError_base {}
/** A class of the catalogue. */
export type OuroErrorClass = new (message: string, options?: OuroErrorOptions) => OuroError;
/** All classes, for look-up by code or number and for documentation. */
export declare const ERROR_CLASSES: readonly OuroErrorClass[];
/**
 * The error that a peer reported by number; a number outside the catalogue becomes an {@link IpcpError} that names it.
 *
 * @example
 * ```ts
 * import { errorFromErrno, NameError } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert(errorFromErrno(1007, "no such name: x") instanceof NameError);
 * ```
 */
export declare function errorFromErrno(errno: number, message: string, options?: OuroErrorOptions): OuroError;
/**
 * Whatever was thrown, as an error of the catalogue: foreign ones become an {@link InternalError}.
 *
 * @example
 * ```ts
 * import { asOuroError } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert.equal(asOuroError(new RangeError("too far")).code, "OURO_INTERNAL");
 * ```
 */
export declare function asOuroError(thrown: unknown): OuroError;
/**
 * Returns the message of whatever was thrown: also of what throws itself when it is to be a text.
 *
 * @example
 * ```ts
 * import { messageOf } from "./errors.ts";
 * import assert from "node:assert/strict";
 * assert.equal(messageOf(new RangeError("too far")), "too far");
 * assert.equal(messageOf(undefined), "undefined");
 * ```
 */
export declare function messageOf(thrown: unknown): string;
/**
 * Where a packet was captured: a whole frame of Ethernet, what a UDP datagram carries, a packet of a flow between the components
 * `Management` or `Data Transfer` of a layer's members, or a message for its directory.
 */
export type PacketPlace = "ethernet" | "udp" | "management" | "transfer" | "directory";
/** Puts into words what stands inside a packet. */
export interface InnerPackets {
  /** Describes a packet of a flow. @param end the id of the end of the flow that the packet goes to */
  flow(end: number, packet: Uint8Array): string;
  /** Describes a message for the directory of the layer. */
  directory(message: Uint8Array): string;
}
/** What the header of a data transfer packet says. */
export interface TransferHeader {
  /** What the packet is for. */
  readonly purpose: "allocation" | "directory" | "data";
  /** How many hops it may still take. */
  readonly hopsLeft: number;
}
/** The packets of a plugin, for others to look at. */
export interface PacketFormats {
  /**
   * Describes a packet; undefined when it is none of the plugin's. Whom it goes to, and how long it is, is known already.
   *
   * @throws ProtocolError when it is malformed
   */
  describe(place: PacketPlace, packet: Uint8Array, inner: InnerPackets): string | undefined;
  /** Reads the header of a data transfer packet; undefined when the packet is too short. For IPCP types that forward. */
  transferHeader?(packet: Uint8Array): TransferHeader | undefined;
}
/** Key that no value has; it exists in types only. */
export declare const brand: unique symbol;
/** `T` that only its own constructor below makes. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };
/** Process id as the kernel reports it. */
export type Pid = Branded<number, "Pid">;
/** User id as the kernel reports it. */
export type Uid = Branded<number, "Uid">;
/** Id of one end of a flow on one host; given by the IRMd, lowest free first, from 0. */
export type FlowId = Branded<number, "FlowId">;
/** Number of a flow inside one process, from 64. */
export type Fd = Branded<number, "Fd">;
/** Address of an IPCP inside its layer. */
export type Address = Branded<number, "Address">;
/** Endpoint id: names an end of a flow inside a layer. */
export type Eid = Branded<bigint, "Eid">;
/** Hash of a name, lower-case hexadecimal, with the hash function of the layer. */
export type NameHash = Branded<string, "NameHash">;
/** The first flow number of a process; lower ones are reserved (reference: `PROG_RES_FDS`). */
export declare const FIRST_FD = 64;
/** Longest name of a service, layer, IPCP, program or device, in bytes of UTF-8. */
export declare const MAX_NAME_BYTES = 255;
/**
 * Whether a text can be shown on a line and written as UTF-8: without control characters (those from U+0080 on, which
 * terminals obey too, included) and halves of surrogate pairs.
 */
export declare const isPrintable: (text: string) => boolean;
/** Ends of flows on one host. */
export declare const MAX_FLOWS = 10240;
/** Marks a checked number as a process id. */
export declare const pid: (value: number) => Pid;
/** Marks a checked number as a user id. */
export declare const uid: (value: number) => Uid;
/** Marks a checked number as a flow id. */
export declare const flowId: (value: number) => FlowId;
/** Marks a checked number as a flow number of this process. */
export declare const fd: (value: number) => Fd;
/** Marks a checked number as an address. */
export declare const address: (value: number) => Address;
/** Marks a checked number as an endpoint id. */
export declare const eid: (value: bigint) => Eid;
/** Marks checked lower-case hexadecimal as the hash of a name. */
export declare const nameHash: (value: string) => NameHash;
/** The form in which logs show an address: its four bytes, the lowest first. */
export declare const addressText: (address: number) => string;
/** The form in which logs show a hash: its first four bytes. */
export declare const shortHash: (hash: NameHash) => string;
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
  /** It has an address, but connects to peers without one, too. */
  readonly anonymous?: boolean;
}
/** A connection of a component, over an N-1 flow of its own. */
export interface Connection {
  /** What this IPCP has said of the component. */
  readonly component: Component;
  /** The flow. */
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
  /**
   * Sends something over the connection that its other end does not mind: a layer below that does not know the flow any more says so.
   * Left out: nothing can be sent.
   */
  probe?(connection: Connection): void;
}
/** What a new member is told of the layer. */
export interface LayerConfiguration<O extends OptionValues = OptionValues> {
  /** Name of the IPCP type. */
  readonly type: string;
  /** Name of the layer. */
  readonly layer: string;
  /** Name of the hash plugin. */
  readonly hash: string;
  /** The options of the type, and those of the policies that it picks. */
  readonly options: O;
  /** The member to which the directory turns first. */
  readonly peer: Address | undefined;
}
/** The codes by which the reference names policies and types in a layer's configuration. */
export interface PolicyCodes {
  /** Code of a plugin; 255 when the reference does not know it: its name travels in the extension. */
  code(kind: PluginKind, name: string): number;
  /** Name of the plugin with this code, or, for 255, the name in the extension. Throws a ProtocolError when there is none. */
  name(kind: PluginKind, code: number): string;
}
/**
 * How the configuration of a layer carries the options of a type that the reference knows. The options of other types travel
 * in the extension, by name.
 */
export interface ConfigurationPart {
  /** Name of the IPCP type. */
  readonly type: string;
  /** Returns the bytes of the part, and the names of the options in it. Throws a ProtocolError when an option is missing. */
  encode(configuration: Pick<LayerConfiguration, "options" | "peer">, codes: PolicyCodes): {
    readonly bytes: Uint8Array;
    readonly options: readonly string[];
  };
  /** Reads the part; `peer` is undefined where it has no field for it. Throws a ProtocolError when it is none. */
  decode(bytes: Uint8Array, codes: PolicyCodes): {
    readonly options: OptionValues;
    readonly peer: Address | undefined;
  };
}
/** The connections and the enrollment of one IPCP. */
export interface Members<O extends OptionValues = OptionValues> {
  /** From now on the component can be connected. */
  register(component: Component, listener: ConnectionListener): void;
  /**
   * Connects a component to the same component of another IPCP. The listener hears of it before `done` does. After a success the
   * connection stays wanted: when it is lost it is made again, until it is disconnected.
   *
   * @param destination a name that the other IPCP accepts flows for
   * @param qos of the N-1 flow
   */
  connect(destination: string, component: string, qos: QosSpec, done: Done<Connection>): void;
  /** Ends all connections of the component that were made to `destination`, and attempts to make one. None: success. */
  disconnect(destination: string, component: string, done: Done): void;
  /** From now on this IPCP is a member: it takes connections, and tells new members the configuration. */
  open(configuration: LayerConfiguration): void;
  /**
   * Enrolls with a member of a layer of the same type.
   *
   * @param destination a name that the member accepts flows for
   * @param join makes this IPCP a member with the configuration, whose options are checked against the declaration of the
   * type, with defaults filled in; what it throws ends the enrollment, and the member is told
   */
  enroll(destination: string, join: (configuration: LayerConfiguration<O>) => Layer, done: Done<Layer>): void;
  /** What there is, for statistics. */
  stats(): Stats;
  /** Ends all. Listeners hear of their connections' end; attempts fail. */
  shutdown(): void;
}
/** A MAC address: 6 bytes. */
export type MacAddress = Branded<Uint8Array, "MacAddress">;
/** An IP address and a UDP port: 4 or 16 bytes of address, then 2 of port, in network order. */
export type UdpEndpoint = Branded<Uint8Array, "UdpEndpoint">;
/** What both kinds of ports have. */
export interface NetworkPort {
  /** Packets sent that the system has not taken yet. */
  readonly queued: number;
  /**
   * Called whenever {@link queued} has fallen to `level` or below after it was above. What was asked for before is asked for no
   * more.
   */
  onDrained(level: number, drained: () => void): void;
  /** Packets that were lost on this machine because a queue was full, in each direction. */
  readonly lost: {
    readonly sent: number;
    readonly received: number;
  };
  /** Called once when the port can no longer be used: its device is gone. */
  onGone(gone: (reason: string) => void): void;
  /** Ends it: no call comes any more. */
  close(): void;
}
/** A network device, opened for the frames of one protocol that are for itself: none of a VLAN, none for other stations. */
export interface EthernetPort extends NetworkPort {
  /** Its name now. */
  readonly device: string;
  /** Its own address. */
  readonly address: MacAddress;
  /** Largest payload of a frame (without the Ethernet header of 14 bytes), in bytes. */
  readonly mtu: number;
  /** The device is up and has a carrier. */
  readonly up: boolean;
  /**
   * Sends one frame: `header` from the destination address on, and `packet` behind it. Both are copied before the call
   * returns. False: the queue was full or the device is down, and the frame is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array): boolean;
  /** Where frames go, from now on: whole, from the destination address on. A frame is valid during the call only. */
  onFrame(receive: (frame: Uint8Array) => void): void;
  /** Called when {@link device}, {@link address}, {@link up} or {@link mtu} has changed. */
  onChange(changed: () => void): void;
}
/** A UDP socket. */
export interface UdpPort extends NetworkPort {
  /** Own address and port. */
  readonly own: UdpEndpoint;
  /** The own address is one of this machine's at the moment: otherwise nothing can be sent or received. */
  readonly up: boolean;
  /** Called when {@link up}, or a device of this machine, has changed. */
  onChange(changed: () => void): void;
  /**
   * Sends one datagram: `header`, and `packet` behind it. Both are copied before the call returns. False: the queue was
   * full, and the datagram is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean;
  /** Where datagrams go, from now on. Both arguments are valid during the call only. */
  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void;
}
/** A raptor network card. What is sent comes out at the card at the other end of its cable, and nowhere else. */
export interface RaptorPort extends NetworkPort {
  /** Largest frame, in bytes. */
  readonly maxFrame: number;
  /**
   * Sends one frame: `header`, and `packet` behind it. Both are copied before the call returns. False: the queue was full, and the
   * frame is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array): boolean;
  /** Where frames go, from now on. A frame is valid during the call only. */
  onFrame(receive: (frame: Uint8Array) => void): void;
}
/** What of the frames on a device goes to a port: an Ethertype (0x0600 and above), or all 802.2 LLC frames. */
export type FrameFilter = number | "llc";
/** Finds addresses of hosts. */
export interface Resolver {
  /**
   * The addresses of a host by the system's means (hosts file, then DNS), in the system's order; numeric addresses are
   * their own. None known: an empty list. A name with a dot at its end is looked up as it is, without the search list of
   * the system; the hosts file has it without the dot.
   */
  lookup(host: string, family: 4 | 6, done: Done<readonly string[]>): void;
  /**
   * Sends one DNS message to a server (port 53 unless the text has `:PORT`, or `[ADDRESS]:PORT`) and gives its answer,
   * which has the same id; sent again over TCP when the answer was cut. The outcome is a `TimedOutError` when none comes.
   */
  exchange(server: string, message: Uint8Array, done: Done<Uint8Array>): void;
}
/** The networks. */
export interface Networks {
  /**
   * Opens a device. * * @throws NotFoundError when there is no such device * @throws PermissionError when this process may not open it * @throws InvalidError when it is not an Ethernet device * @throws ExistsError when somebody takes the same frames already */
  openEthernet(device: string, filter: FrameFilter): EthernetPort;
  /**
   * Opens a UDP socket on an own address.
   *
   * @param address IPv4 or IPv6 address, numeric
   * @throws NotFoundError when the address is not one of this machine's
   * @throws WouldBlockError when the system does not let it be used yet, but soon will
   * @throws ExistsError when the port is in use
   * @throws PermissionError when this process may not use the port
   */
  openUdp(address: string, port: number): UdpPort;
  /**
   * Opens a raptor card; left out: there are none.
   *
   * @param path of its device node
   * @throws NotFoundError when there is no such card
   * @throws PermissionError when this process may not open it
   */
  openRaptor?(path: string): RaptorPort;
  /** Finds addresses. */
  readonly resolver: Resolver;
}
/** The networks of a host that has none: no device, no address, no name. */
export declare const NO_NETWORKS: Networks;
/** Value of an option after the check. */
export type OptionValue = string | number | boolean;
/** Options after the check, by name. */
export type OptionValues = Readonly<Record<string, OptionValue>>;
/** What all options have. */
export interface CommonOption {
  /** The word on the command line and the key in a file. Any prefix of it is an abbreviation. */
  readonly name: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** Other keys for it in a configuration file, such as those of the reference; pages and examples show the first. */
  readonly fileWords?: readonly string[];
  /** The word that help shows, where it is not {@link name}. */
  readonly shown?: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** Must be given. */
  readonly required?: boolean;
  /**
   * Where the word stands when words are matched: lower first, the first that matches wins. The reference's words have 10,
   * 20, … in its own order, so that its abbreviations keep their meaning; leave it out for a new word (it comes last).
   */
  readonly position?: number;
}
/** A whole number; `unit` is shown in help. */
export interface IntegerOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "integer";
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Read as hexadecimal, with or without `0x`. */
  readonly hexadecimal?: boolean;
  /** Unit that help shows. */
  readonly unit?: string;
  /** Value where none is given. */
  readonly default?: number;
}
/**
 * A whole number with a range and a value where none is given.
 *
 * @example
 * ```ts
 * import { integerOption } from "./options.ts";
 * import assert from "node:assert/strict";
 * const ttl = integerOption("ttl", [0, 255, 60], 110, "hops that a packet may take");
 * assert.deepEqual([ttl.min, ttl.max, ttl.default], [0, 255, 60]);
 * ```
 * @param range least, largest and initial value
 * @param position where it stands among options in help, and when words are matched
 */
export declare const integerOption: <const N extends string>(
  name: N,
  [min, max, initial]: readonly [number, number, number],
  position: number,
  help: string,
) => IntegerOption & { readonly name: N; readonly default: number };
/** Free text, such as a device or an address; `value` is the word for it in help. */
export interface TextOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "text";
  /** Word for the value in help. */
  readonly value: string;
  /** Longest value, in bytes of UTF-8. */
  readonly maxBytes?: number;
  /** Value where none is given. */
  readonly default?: string;
  /** May be given several times; the values are joined with a comma. */
  readonly repeated?: boolean;
}
/** One of some words. */
export interface ChoiceOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "choice";
  /** The words. */
  readonly values: readonly string[];
  /** Value where none is given. */
  readonly default?: string;
}
/** The name of a plugin of `kind`; that plugin's own options become options too. */
export interface PolicyOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "policy";
  /** Kind of the plugin. */
  readonly kind: PluginKind;
  /** Value where none is given. */
  readonly default?: string;
}
/** A word without a value. */
export interface FlagOption extends CommonOption {
  /** Tells the types of options apart. */
  readonly type: "flag";
}
/** Declaration of one option. */
export type OptionDeclaration = IntegerOption | TextOption | ChoiceOption | PolicyOption | FlagOption;
/** The hash function of a layer, as the reference has it. */
export declare const HASH_OPTION: {
  readonly name: "hash";
  readonly type: "policy";
  readonly kind: "hash";
  readonly default: "SHA3_256";
  readonly position: 40;
  readonly help: "hash function for names in the layer";
};
/** The type of the values of an option. */
export type ValueOf<D extends OptionDeclaration> = D extends IntegerOption ? number
  : D extends FlagOption ? boolean
  : D extends ChoiceOption ? D["values"][number]
  : string;
/** An option that has a value in every case: it must be given, has a default, or is a flag. */
export type Always = FlagOption | { readonly required: true } | {
  readonly default: number | string;
};
/**
 * The values of declared options, after the check: each by its name, with its type; `undefined` where it need not be given and
 * has no default. Values of other plugins may stand beside them.
 */
export type OptionsOf<O extends readonly OptionDeclaration[]> = readonly OptionDeclaration[] extends O
  ? OptionValues
  :
    & OptionValues
    & { readonly [D in O[number] as D extends Always ? D["name"] : never]: ValueOf<D> }
    & {
      readonly [D in O[number] as D extends Always ? never : D["name"]]?: ValueOf<D>;
    };
/** A value, or the error in its place. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly error: OuroError;
};
/** Called exactly once with the outcome of an operation. */
export type Done<T = void> = (outcome: Outcome<T>) => void;
/** A successful outcome. */
export declare const success: <T>(value: T) => Outcome<T>;
/** A failed outcome. */
export declare const failure: (error: OuroError) => Outcome<never>;
/** The successful outcome of an operation without a result. */
export declare const DONE: Outcome<void>;
/** Version of this contract. A plugin made for another one is refused. */
export declare const PLUGIN_API_VERSION = 1;
/** What each kind of plugin makes. */
export interface PluginInstances<O extends OptionValues = OptionValues> {
  /** A type of IPCP. */
  ipcp: Ipcp<O>;
  /** Computes forwarding tables from what it learns of the layer. */
  routing: Routing;
  /** Slows senders of a layer down when queues grow. */
  congestion: Congestion;
  /** Picks the next hop of a packet. */
  forwarding: Forwarding;
  /** Maps hashes of names to addresses. */
  directory: Directory;
  /** Gives addresses to the members of a layer. */
  address: AddressAuthority;
  /** Decides whose packet goes next. */
  scheduling: Scheduling;
  /** Picks the process that gets a flow for a name. */
  balancing: Balancer;
  /** Hash function of a layer. */
  hash: HashFunction;
}
/** The part of a plugin that is plain data: what lists, help and completion show. */
export interface PluginDeclaration<
  K extends PluginKind = PluginKind,
  O extends readonly OptionDeclaration[] = readonly OptionDeclaration[],
> {
  /** Its kind. */
  readonly kind: K;
  /** The word users write, unique within the kind. */
  readonly name: string;
  /** Other words for it, such as those of older releases. */
  readonly aliases?: readonly string[];
  /** The {@link PLUGIN_API_VERSION} that the plugin was written for. */
  readonly apiVersion: number;
  /** One line, without full stop. */
  readonly description: string;
  /** Its options, in the order of help. */
  readonly options: O;
  /** Kinds of other plugins that it makes use of; they are loaded with it. */
  readonly uses?: readonly PluginKind[];
  /** For kind `ipcp`: how logs call its program; left out: `ipcpd-` and the name. */
  readonly program?: string;
  /** For kind `ipcp`: what this type does beyond flows, for help and for refusals with a reason. */
  readonly abilities?: readonly IpcpAbility[];
  /** For kind `ipcp`: the components that can be connected, of `mgmt` and `dt`; left out: both. */
  readonly components?: readonly string[];
  /** For kind `ipcp`: false when it does without `IpcpContext.networks`; its process does not load them then. */
  readonly networks?: boolean;
  /** Where its name stands when names of the kind are matched by prefix: lower first; without it, at the end. */
  readonly position?: number;
  /** Layers (or other things of the kind) are listed and preferred in this order: lower first; without it, at the end. */
  readonly rank?: number;
  /** The code by which the reference's messages name it; only plugins that the reference has carry one. */
  readonly code?: number;
  /** Only other plugins pick it: options cannot name it, and lists and help leave it out. */
  readonly internal?: boolean;
}
/** What an IPCP type may be able to do beyond carrying flows between names. */
export type IpcpAbility = "enrol" | "connect" | "join";
/** What the host gives to a factory, so that a plugin's file needs no import but of types. */
export interface PluginHost {
  /** The catalogue of errors. A plugin fails with these. */
  readonly errors: ErrorCatalogue;
  /** Log of the process that the plugin is in. */
  readonly log: Log;
  /** Makes a plugin of another kind; one of the kinds in `uses`. Throws a `PluginError` when there is none of that name. */
  make<K extends Exclude<PluginKind, "ipcp">>(
    kind: K,
    name: string,
    context: PluginContexts[K],
  ): PluginInstances[K];
}
/** Methods that a policy may leave out, by its kind: the registry puts in their place what does nothing. */
export interface PluginDefaults {
  /** Counts nothing, knows nobody. */
  routing: Exclude<keyof Routing, "forwarding">;
  /** Never marks, never waits. */
  congestion: "mark" | "flow";
  /** Takes no note of flows that are down. */
  forwarding: "flowDown" | "flowUp";
  /** Has no messages. */
  directory: "receive" | "routesChanged" | "stats" | "shutdown";
}
/** What factories of each kind may return: what the kind makes, without the methods that have a default. */
export type PluginProducts<O extends OptionValues = OptionValues> = {
  [K in PluginKind]: K extends "congestion"
    ? Partial<Omit<Congestion, "flow">> & { flow?(nowNs: number): Partial<CongestionFlow> }
    : K extends keyof PluginDefaults ?
        & Omit<PluginInstances<O>[K], PluginDefaults[K]>
        & Partial<Pick<PluginInstances<O>[K], keyof PluginInstances<O>[K] & PluginDefaults[K]>>
    : PluginInstances<O>[K];
};
/** A plugin: its declaration and its factory. */
export interface Plugin<K extends PluginKind = PluginKind> extends PluginDeclaration<K> {
  /** Makes one instance. State belongs to the instance, never to the module. */
  create(host: PluginHost, context: PluginContexts[K]): PluginProducts[K];
  /** Gives what it tells of the packets whose formats it owns, for captures; the plugin's code may do without. */
  formats?(): PacketFormats | Promise<PacketFormats>;
}
/** Declares a plugin, so that its factory knows the types of its options. */
export declare const declarePlugin: <K extends PluginKind, const O extends readonly OptionDeclaration[]>(
  declaration: Omit<PluginDeclaration<K, O>, "apiVersion">,
) => PluginDeclaration<K, O>;
/**
 * Makes the plugin of a declaration. The factory reads its options by name, each with its type: the registry and the host check
 * them against the declaration before they call.
 */
export declare function definePlugin<K extends PluginKind, O extends readonly OptionDeclaration[]>(
  declaration: PluginDeclaration<K, O>,
  create: (host: PluginHost, context: PluginContexts<OptionsOf<O>>[K]) => PluginProducts<OptionsOf<O>>[K],
): Plugin<K>;
/** What the factory of each kind gets. */
export interface PluginContexts<O extends OptionValues = OptionValues> {
  /** All that an IPCP works with. */
  ipcp: IpcpContext<O>;
  /** Its checked options. */
  routing: RoutingContext<O>;
  /** Its checked options. */
  congestion: O;
  /** Its checked options. */
  forwarding: O;
  /** Its checked options. */
  directory: DirectoryContext<O>;
  /** Its checked options. */
  address: AddressContext<O>;
  /** Its checked options. */
  scheduling: O;
  /** Its checked options. */
  balancing: O;
  /** Its checked options. */
  hash: O;
}
/** Any plugin, told apart by its kind. */
export type AnyPlugin = { [K in PluginKind]: Plugin<K> }[PluginKind];
/** What the host hands to the factory of an IPCP type. */
export interface IpcpContext<O extends OptionValues = OptionValues> extends Ports {
  /** Name of the IPCP. */
  readonly name: string;
  /** Process id of the IPCP. */
  readonly pid: Pid;
  /** Towards the layer above, through the IRMd. */
  readonly upper: Upper;
  /** Towards the layers below. */
  readonly lower: Lower;
  /** Towards networks, for types that have no layer below. */
  readonly networks: Networks;
  /**
   * Makes the connections and the enrollment of this IPCP. Throws a `NotSupportedError` unless the type has declared the ability
   * `enrol` or `connect`.
   *
   * @param part of types that the reference's message of a layer's configuration knows
   */
  members(part?: ConfigurationPart): Members<O>;
}
/** All kinds, in the order in which lists show them. */
export declare const PLUGIN_KINDS: readonly [
  "ipcp",
  "routing",
  "congestion",
  "forwarding",
  "directory",
  "address",
  "scheduling",
  "balancing",
  "hash",
];
/** What kinds of plugins there are. */
export type PluginKind = typeof PLUGIN_KINDS[number];
/** A plugin of kind `congestion`: one instance an IPCP. */
export interface Congestion {
  /**
   * The level to OR into the ECN field of a packet that is about to be queued. * * @param queued packets waiting in the outgoing N-1 flow, this one not counted */
  mark(queued: number): number;
  /** State for one user flow. @param nowNs nanoseconds of the monotonic clock */
  flow(nowNs: number): CongestionFlow;
}
/** Congestion state of one user flow, at one of its ends. */
export interface CongestionFlow {
  /**
   * A packet from above is being sent. * * @param length its bytes, without the layer's header * @param nowNs nanoseconds of the monotonic clock * @returns the earliest time, on the same clock, at which the next packet should go; not after `nowNs`: at once
   */
  sent(length: number, nowNs: number): number;
  /**
   * A packet arrived with this ECN level.
   *
   * @returns the level to tell the sender, or undefined when there is nothing to tell
   */
  received(level: number): number | undefined;
  /** The receiver has told its level. */
  update(level: number): void;
  /** Its state, for people. */
  stats(): Stats;
}
/** What a directory policy gets from the IPCP. */
export interface DirectoryContext<O extends OptionValues = OptionValues> extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Length of a hash in the layer, in bytes. */
  readonly hashLength: number;
  /** Checked against the declaration of the policy, defaults filled in. */
  readonly options: O;
  /** The member that this IPCP has enrolled with; undefined for the first member of the layer. */
  readonly peer: Address | undefined;
  /** Sends a message to the directory of another member, copied before the call returns. False: there is no way to it yet. */
  send(to: Address, message: Uint8Array): boolean;
  /** Addresses of all members that routing knows, the own one left out. */
  members(): Iterable<Address>;
}
/** A plugin of kind `directory`. */
export interface Directory {
  /** Says that the hash is reachable at the own address. */
  register(hash: NameHash, done: Done): void;
  /** Takes it back. */
  unregister(hash: NameHash, done: Done): void;
  /** Addresses that have registered the hash, best first; the own one too, last. An empty list: nobody. */
  query(hash: NameHash, done: Done<readonly Address[]>): void;
  /** A message came; it is valid during the call only. What does not parse is counted and dropped. */
  receive(message: Uint8Array): void;
  /** The forwarding table was replaced: what could not be sent before may be sent now. */
  routesChanged(): void;
  /** What it knows and has counted. */
  stats(): Stats;
  /** Disarms all timers: no call comes after this one. */
  shutdown(): void;
}
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
/** A hash function: a plugin of kind `hash`. */
export interface HashFunction {
  /** Length of a digest in bytes. */
  readonly length: number;
  /** The digest of `bytes`. */
  digest(bytes: Uint8Array): Uint8Array;
}
/** A process that waits in `accept` for one name. */
export interface Waiting {
  /** Rises with every call of accept on this host: a lower one has waited longer. */
  readonly order: number;
  /** Process id. */
  readonly pid: number;
}
/** A plugin of kind `balancing`: shares the flows for a name among the processes that accept them. */
export interface Balancer {
  /**
   * Index of the process that gets the next flow. * * @param waiting in the order in which they called accept; never empty
   */
  choose(waiting: readonly Waiting[]): number;
}
/** A plugin of kind `address`: gives addresses to the members of a layer. */
export interface AddressAuthority {
  /** An address for a new member; never 0. */
  draw(): Address;
}
/** What an address authority gets from the IPCP. */
export interface AddressContext<O extends OptionValues = OptionValues> {
  /** Where addresses come from. */
  readonly random: Random;
  /** Checked against the declaration of the policy, defaults filled in. */
  readonly options: O;
}
/** A plugin of kind `scheduling`: decides whose packet goes next. */
export interface Scheduling {
  /** An empty queue. */
  queue<T>(): SchedulingQueue<T>;
}
/** Packets (or flows that have some) in the order in which they go. */
export interface SchedulingQueue<T> {
  /**
   * Puts one in. * * @param bytes length of a packet; left out: items count as equally large, as flows do
   */
  add(item: T, cube: QosCube, bytes?: number): void;
  /** Takes the next one out; undefined when the queue is empty. */
  next(): T | undefined;
  /** How many wait. */
  readonly length: number;
}
/** Reads time. */
export interface Clock {
  /** Milliseconds of a clock that never goes back; fractions are meaningful. */
  now(): number;
  /** Milliseconds since 1970 (UTC), which may jump. */
  wall(): number;
}
/** A timer that was armed. */
export interface Timer {
  /** Disarms it; harmless when it has fired. */
  cancel(): void;
}
/** Arms timers. */
export interface Timers {
  /** Calls `run` once after at least `delay` milliseconds. */
  after(delay: number, run: () => void): Timer;
}
/** Gives random values fit for keys and tokens (in the simulator: from a seed). */
export interface Random {
  /** `count` fresh random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
  /** A random integer of 0 … 2³² − 1. */
  uint32(): number;
}
/** Takes lines for the log. The component is the part in front of the level: `irmd`, `ipcpd-local`, … */
export interface Log {
  /** Something failed. */
  error(text: string): void;
  /** Something is odd. */
  warning(text: string): void;
  /** Something happened that an operator wants to know. */
  info(text: string): void;
  /** Something for those who look closely. */
  debug(text: string): void;
  /** The same log under another component name. */
  component(name: string): Log;
}
/** All ports of a core that has no I/O of its own. */
export interface Ports {
  /** Reads time. */
  readonly clock: Clock;
  /** Arms timers. */
  readonly timers: Timers;
  /** Gives random values. */
  readonly random: Random;
  /** Takes lines for the log. */
  readonly log: Log;
}
/** A log that drops everything. */
export declare const SILENT: Log;
/** The quality asked for or given. */
export interface QosSpec {
  /** Largest delay wanted, in milliseconds; 2³² − 1: any. */
  readonly delay: number;
  /** Bandwidth wanted, in bits per second. */
  readonly bandwidth: bigint;
  /** Availability wanted, as a number of nines. */
  readonly availability: number;
  /** 0: nothing may be lost (packets are retransmitted); else loss is allowed. */
  readonly loss: number;
  /** Bit errors allowed per 10⁹ bits; 0: none (a checksum is added). */
  readonly ber: number;
  /** Not 0: packets arrive in the order in which they were sent. */
  readonly inOrder: number;
  /** Longest gap wanted between two packets, in milliseconds; 2³² − 1: any. */
  readonly maxGap: number;
  /** Milliseconds of silence after which the other end counts as gone; 0: never. */
  readonly timeout: number;
}
/** The named qualities of the reference; `raw` is the default of an application that asks for nothing. */
export declare const QOS: {
  readonly raw: {
    readonly delay: 4294967295;
    readonly bandwidth: 0n;
    readonly availability: 0;
    readonly loss: 1;
    readonly ber: 1;
    readonly inOrder: 0;
    readonly maxGap: 4294967295;
    readonly timeout: 120000;
  };
  readonly best: {
    readonly delay: 4294967295;
    readonly bandwidth: 0n;
    readonly availability: 0;
    readonly loss: 1;
    readonly ber: 1;
    readonly inOrder: 1;
    readonly maxGap: 4294967295;
    readonly timeout: 120000;
  };
  readonly video: {
    readonly delay: 100;
    readonly bandwidth: 18446744073709551615n;
    readonly availability: 3;
    readonly loss: 1;
    readonly ber: 1;
    readonly inOrder: 1;
    readonly maxGap: 100;
    readonly timeout: 120000;
  };
  readonly voice: {
    readonly delay: 50;
    readonly bandwidth: 100000n;
    readonly availability: 5;
    readonly loss: 1;
    readonly ber: 1;
    readonly inOrder: 1;
    readonly maxGap: 50;
    readonly timeout: 120000;
  };
  readonly data: {
    readonly delay: 1000;
    readonly bandwidth: 0n;
    readonly availability: 0;
    readonly loss: 0;
    readonly ber: 1;
    readonly inOrder: 1;
    readonly maxGap: 2000;
    readonly timeout: 120000;
  };
};
/** Name of a quality of {@link QOS}. */
export type QosName = keyof typeof QOS;
/**
 * Whether the ends of a flow of this quality see to it that all arrives: in order, and nothing lost.
 *
 * @example
 * ```ts
 * import { isReliable, QOS } from "./qos.ts";
 * import assert from "node:assert/strict";
 * assert(isReliable(QOS.data) && !isReliable(QOS.voice));
 * assert(!isReliable({ ...QOS.raw, loss: 0 }), "without order there is no retransmission");
 * ```
 */
export declare const isReliable: ({ inOrder, loss }: QosSpec) => boolean;
/** Class of a flow inside a layer: 0 best effort, 1 video, 2 voice. */
export type QosCube = 0 | 1 | 2;
/**
 * The cube that a quality is sorted into; the first that fits wins.
 *
 * @example
 * ```ts
 * import { QOS, qosCube } from "./qos.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([qosCube(QOS.raw), qosCube(QOS.video), qosCube(QOS.voice)], [0, 1, 2]);
 * ```
 */
export declare function qosCube(qos: QosSpec): QosCube;
/** Statistics: numbers and texts by name, nested. */
export interface Stats {
  /** A number, a text, or more of them. */
  readonly [name: string]: number | string | boolean | Stats | readonly Stats[];
}
/** Virtual time: it passes when a test says so. */
export interface TestTime {
  /** Lets milliseconds pass: timers fire, messages arrive. */
  advance(milliseconds: number): void;
}
/** A member of a {@link TestNetwork}. */
export interface TestNode {
  /** Its address: 1, 2, 3, … */
  readonly address: Address;
  /** The policy of the member. */
  readonly routing: {
    stats(): Stats;
  };
}
/** A link of a {@link TestNetwork}. */
export interface TestLink {
  /** Ends it; both ends are told. */
  close(): void;
  /** Makes it anew. */
  open(): void;
  /** Lets nothing pass any more; nobody is told. */
  cut(): void;
  /** Lets what was cut pass again. */
  mend(): void;
}
/** Members of a layer that have a routing policy only. */
export interface TestNetwork {
  /** Its time. */
  readonly time: TestTime;
  /** Adds a member of that address. */
  add(address: number): TestNode;
  /** Links two members. */
  link(one: TestNode, other: TestNode): TestLink;
  /** Adds so many members, and links each to the next. */
  line(count: number): readonly TestNode[];
  /** Adds a line whose ends are linked, too. */
  ring(count: number): readonly TestNode[];
  /** Returns the members that a packet passes, by their tables; undefined when it does not arrive. */
  path(from: TestNode, to: Address): readonly Address[] | undefined;
}
/** A member of {@link TestDirectories}. */
export interface TestDirectory {
  /** Its address. */
  readonly address: Address;
}
/** Members of a layer that have a directory only. Messages take 1 to 4 ms. */
export interface TestDirectories {
  /** Their time. */
  readonly time: TestTime;
  /** The members. */
  readonly all: readonly TestDirectory[];
  /** Adds members up to `count`, `pause` milliseconds apart, each enrolled with one that is there; then lets them settle. */
  grow(count: number, pause: number): void;
  /** Registers a hash at a member. */
  register(member: TestDirectory, hash: NameHash): void;
  /** Takes it back. */
  unregister(member: TestDirectory, hash: NameHash): void;
  /** Returns the addresses that a member finds. */
  query(member: TestDirectory, hash: NameHash): readonly Address[];
}
/** The end of a flow of a {@link TestMember}, with the process that uses it. */
export interface TestFlow {
  /** The process writes a packet. */
  write(packet: Uint8Array): void;
  /** Packets that have come to the process. */
  readonly received: readonly Uint8Array[];
}
/** One IPCP in a layer that it has bootstrapped. */
export interface TestMember {
  /** Its time. */
  readonly time: TestTime;
  /** The layer. */
  readonly layer: Layer;
  /** Allocates a flow between two processes above the IPCP. */
  flow(): {
    readonly requester: TestFlow;
    readonly responder: TestFlow;
  };
}
/** What a test of each kind gets: the plugin as its host makes it, or what it lives in. */
export interface TestSubjects extends Omit<PluginInstances, "routing" | "directory" | "ipcp"> {
  /** An empty network whose members have the policy. */
  routing: TestNetwork;
  /** A layer without members. */
  directory: TestDirectories;
  /** An IPCP, in a layer; it takes a promise to load the plugins that it uses. */
  ipcp: Promise<TestMember>;
}
/** What a test is handed. */
export interface TestTools<K extends PluginKind = PluginKind> {
  /**
   * Makes one to be tested. * * @param options as a user writes them; those that are left out have their defaults
   */
  make(options?: Readonly<Record<string, string>>): TestSubjects[K];
  /** Fails the test unless both are the same, however deep. */
  equal(actual: unknown, expected: unknown, message?: string): void;
  /** Fails the test unless it holds. */
  ok(holds: boolean, message?: string): void;
}
/** The tests of a plugin, each under a sentence that says what it does: the default export of their file. */
export type PluginTests<K extends PluginKind = PluginKind> = Readonly<
  Record<string, (tools: TestTools<K>) => void | Promise<void>>
>;

/** The catalogue of errors. */
export interface ErrorCatalogue {
  readonly AuthError: typeof AuthError;
  readonly CancelledError: typeof CancelledError;
  readonly CryptError: typeof CryptError;
  readonly ERROR_CLASSES: typeof ERROR_CLASSES;
  readonly ExhaustedError: typeof ExhaustedError;
  readonly ExistsError: typeof ExistsError;
  readonly FlowDownError: typeof FlowDownError;
  readonly FlowPeerError: typeof FlowPeerError;
  readonly InternalError: typeof InternalError;
  readonly InvalidError: typeof InvalidError;
  readonly IpcpError: typeof IpcpError;
  readonly IpcpStateError: typeof IpcpStateError;
  readonly IpcpTypeError: typeof IpcpTypeError;
  readonly IrmdError: typeof IrmdError;
  readonly MessageSizeError: typeof MessageSizeError;
  readonly NameError: typeof NameError;
  readonly NotAllocatedError: typeof NotAllocatedError;
  readonly NotFoundError: typeof NotFoundError;
  readonly NotSupportedError: typeof NotSupportedError;
  readonly OuroError: typeof OuroError;
  readonly PermissionError: typeof PermissionError;
  readonly PluginError: typeof PluginError;
  readonly ProtocolError: typeof ProtocolError;
  readonly TimedOutError: typeof TimedOutError;
  readonly WouldBlockError: typeof WouldBlockError;
  readonly asOuroError: typeof asOuroError;
  readonly errorFromErrno: typeof errorFromErrno;
  readonly messageOf: typeof messageOf;
}
