/**
 * What a plugin is. Built-in plugins use exactly this contract; a third party's file needs only types from `mod.ts`.
 *
 * @module
 */
import type { PluginKind } from "./plugin_kind.ts";
import type { OptionDeclaration, OptionsOf, OptionValues } from "./options.ts";
import type { PacketFormats } from "./formats.ts";
import type { Pid } from "./ids.ts";
import type { Ipcp, Lower, Upper } from "./ipcp.ts";
import type { ConfigurationPart, Members } from "./membership.ts";
import type { Networks } from "./network.ts";
import type {
  AddressAuthority,
  AddressContext,
  Balancer,
  HashFunction,
  Scheduling,
} from "./policies/small_policies.ts";
import type { Congestion, CongestionFlow } from "./policies/congestion.ts";
import type { Directory, DirectoryContext } from "./policies/directory.ts";
import type { Forwarding, Routing, RoutingContext } from "./policies/routing.ts";
import type { Log, Ports } from "./ports.ts";
import type * as errors from "./errors.ts";

/** Version of this contract. A plugin made for another one is refused. */
export const PLUGIN_API_VERSION = 1;

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
  /**
   * Its own version, such as `1.2.0`. Members of a layer tell it to those that enroll: who has one whose first number is another
   * does not join, and who has another one is warned.
   */
  readonly version?: string;
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
  readonly errors: typeof errors;
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
export const declarePlugin = <K extends PluginKind, const O extends readonly OptionDeclaration[]>(
  declaration: Omit<PluginDeclaration<K, O>, "apiVersion">,
): PluginDeclaration<K, O> => ({ apiVersion: PLUGIN_API_VERSION, ...declaration });

/**
 * Makes the plugin of a declaration. The factory reads its options by name, each with its type: the registry and the host check
 * them against the declaration before they call.
 */
export function definePlugin<K extends PluginKind, O extends readonly OptionDeclaration[]>(
  declaration: PluginDeclaration<K, O>,
  create: (host: PluginHost, context: PluginContexts<OptionsOf<O>>[K]) => PluginProducts<OptionsOf<O>>[K],
): Plugin<K>;
export function definePlugin<K extends PluginKind>(
  declaration: PluginDeclaration<K>,
  create: Plugin<K>["create"],
): Plugin<K> {
  return { ...declaration, create };
}

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
