/**
 * The types that authors of plugins need: those of the contract, and those of the tests that `ouro plugin check` runs beside a
 * plugin's file. Tests import only types, too: the plugin, as its host makes it, and virtual time are handed to each.
 *
 * @module
 */
import type { Address, NameHash } from "./ids.ts";
import type { Layer } from "./ipcp.ts";
import type { PluginInstances } from "./plugin.ts";
import type { PluginKind } from "./plugin_kind.ts";
import type { Stats } from "./stats.ts";

export type * from "./errors.ts";
export type * from "./formats.ts";
export type * from "./ids.ts";
export type * from "./ipcp.ts";
export type * from "./membership.ts";
export type * from "./network.ts";
export type * from "./options.ts";
export type * from "./outcome.ts";
export type * from "./plugin.ts";
export type * from "./plugin_kind.ts";
export type * from "./policies/congestion.ts";
export type * from "./policies/directory.ts";
export type * from "./policies/routing.ts";
export type * from "./policies/small_policies.ts";
export type * from "./ports.ts";
export type * from "./qos.ts";
export type * from "./stats.ts";

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
  readonly routing: { stats(): Stats };
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
  flow(): { readonly requester: TestFlow; readonly responder: TestFlow };
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
   * Makes one to be tested.
   *
   * @param options as a user writes them; those that are left out have their defaults
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
