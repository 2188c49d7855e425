/**
 * What layers with members share: connections of components, and enrollment. An IPCP type is handed both by its host.
 *
 * @module
 */
import type { Address } from "./ids.ts";
import type { Layer, LowerFlow } from "./ipcp.ts";
import type { OptionValues } from "./options.ts";
import type { Done } from "./outcome.ts";
import type { PluginKind } from "./plugin_kind.ts";
import type { QosSpec } from "./qos.ts";
import type { Stats } from "./stats.ts";

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
  encode(
    configuration: Pick<LayerConfiguration, "options" | "peer">,
    codes: PolicyCodes,
  ): { readonly bytes: Uint8Array; readonly options: readonly string[] };
  /** Reads the part; `peer` is undefined where it has no field for it. Throws a ProtocolError when it is none. */
  decode(
    bytes: Uint8Array,
    codes: PolicyCodes,
  ): { readonly options: OptionValues; readonly peer: Address | undefined };
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
