/**
 * What a layer goes on with when a policy throws, or answers with what is no answer: one line for each method that a plugin has.
 * Log lines end with it; docs/plugins.md has the table.
 *
 * @module
 */
import type { PluginInstances } from "../plugin.ts";
import type { PluginKind } from "../plugin_kind.ts";
import type { CongestionFlow } from "./congestion.ts";
import type { SchedulingQueue } from "./small_policies.ts";

/** The compiler finds the methods that are missing here. */
type Answers<T> = {
  readonly [M in keyof T as NonNullable<T[M]> extends (...args: never[]) => unknown ? M : never]-?: string;
};

/** What policies call, or have called later. */
interface Callbacks {
  /** Called by a timer of the policy. */
  readonly timer: string;
}

/** What goes on in the place of an answer, by kind and method. */
export const SAFE_ANSWERS:
  & {
    readonly [K in Exclude<PluginKind, "ipcp">]: Answers<
      & PluginInstances[K]
      & (K extends "congestion" ? CongestionFlow
        : K extends "scheduling" ? SchedulingQueue<unknown>
        : unknown)
    >;
  }
  & {
    readonly routing: Callbacks & { readonly install: string };
    readonly directory: Callbacks;
  } = {
    congestion: {
      mark: "the packet is not marked",
      flow: "the flow is not slowed down",
      sent: "the next packet may go at once",
      received: "the sender is told nothing",
      update: "the flow keeps its pace",
      stats: "there are no statistics",
    },
    forwarding: {
      replace: "packets take the best routes of the table",
      nextHop: "the packet takes the best route of the table",
      otherHop: "the packet takes the next best route of the table",
      flowDown: "the policy may not know of it",
      flowUp: "the policy may not know of it",
    },
    routing: {
      managementUp: "the policy may not know of the flow",
      managementDown: "the policy may not know of it",
      receive: "the message is dropped",
      adjacencyUp: "the policy may not know of the neighbour",
      adjacencyDown: "the policy may not know of it",
      members: "no members are known",
      install: "the last table stays",
      stats: "there are no statistics",
      shutdown: "the layer ends",
      timer: "nothing is done",
    },
    directory: {
      register: "the registration fails",
      unregister: "the name stays registered",
      query: "the question fails",
      receive: "the message is dropped",
      routesChanged: "the policy may not know of it",
      stats: "there are no statistics",
      shutdown: "the layer ends",
      timer: "nothing is done",
    },
    address: { draw: "the IPCP comes into no layer" },
    scheduling: {
      queue: "who waits longest goes first",
      add: "who waits longest goes first",
      next: "who waits longest goes first",
    },
    balancing: { choose: "the process that has waited longest gets the flow" },
    hash: { digest: "the layer is left out" },
  };

/** What the layer goes on with when a policy is put out of use after repeated faults. */
export const OUT_OF_USE: { readonly [K in PluginKind]: string } = {
  congestion: "senders are never slowed down",
  forwarding: "packets take the best routes of the table",
  scheduling: "who waits longest goes first",
  balancing: "the process that has waited longest gets the flow",
  hash: "layers with this hash function are left out",
  routing: "the IPCP ends",
  directory: "the IPCP ends",
  address: "the IPCP ends",
  ipcp: "the IPCP ends",
};
