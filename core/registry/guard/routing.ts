/**
 * A routing policy under guard: what it is handed, what it calls and what it answers.
 *
 * @module
 */
import type { Address, Fd } from "../../contract/ids.ts";
import type {
  ForwardingTable,
  ManagementFlow,
  Routing,
  RoutingContext,
} from "../../contract/policies/routing.ts";
import type { Stats } from "../../contract/stats.ts";
import { plainStats } from "./describe.ts";
import { guardedTimers } from "./guarded_timers.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Members that a policy can tell of. */
const MAX_MEMBERS = 65_536;
const MAX_ADDRESS = 0xffff_ffff;

/** Returns what the policy is made with: a table that it installs is checked, and is its own no more. */
export function guardedRoutingContext(context: RoutingContext, plugin: GuardedPlugin): RoutingContext {
  return {
    ...context,
    timers: guardedTimers(context.timers, plugin),
    install: (table) => {
      const copy = plugin.call<ForwardingTable | undefined>("install", () => table, undefined, copied);
      if (copy) context.install(copy);
    },
  };
}

/** Copies a table, a `Map` or what is iterated like one; undefined: it is none, or has no end. */
function copied(table: unknown): ForwardingTable | undefined {
  if (!isIterable(table)) return undefined;
  const copy = new Map<Address, readonly Fd[]>();
  let rows = 0;
  for (const row of table) {
    const [to, flows] = Array.isArray(row) ? row : [];
    if (!isAddress(to) || !Array.isArray(flows) || flows.length === 0 || !flows.every(isFd)) return undefined;
    if (++rows > MAX_MEMBERS) return undefined;
    copy.set(to, [...flows]);
  }
  return copy;
}

/** Takes addresses one by one; undefined: what came is none, or they have no end. */
function addressesOf(value: unknown): readonly Address[] | undefined {
  if (!isIterable(value)) return undefined;
  const addresses: Address[] = [];
  for (const one of value) {
    if (!isAddress(one) || addresses.push(one) > MAX_MEMBERS) return undefined;
  }
  return addresses;
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.iterator in value;
const isAddress = (value: unknown): value is Address => isWhole(value) && value > 0;
const isFd = (value: unknown): value is Fd => isWhole(value);
const isWhole = (value: unknown): value is number =>
  Number.isInteger(value) && typeof value === "number" && value >= 0 && value <= MAX_ADDRESS;

/** Guards a policy. */
export class GuardedRouting implements Routing {
  readonly forwarding: string;
  /** What the policy is handed for each flow: it cannot change the flow itself. */
  readonly #flows = new Map<ManagementFlow, ManagementFlow>();

  constructor(private readonly policy: Routing, private readonly plugin: GuardedPlugin) {
    this.forwarding = String(policy.forwarding);
  }

  managementUp(flow: ManagementFlow): void {
    const { neighbour, fd } = flow;
    const handed = Object.freeze({ neighbour, fd, send: (message: Uint8Array) => flow.send(message) });
    this.#flows.set(flow, handed);
    this.plugin.tell("managementUp", () => this.policy.managementUp(handed));
  }

  managementDown(flow: ManagementFlow): void {
    const handed = this.#flows.get(flow);
    this.#flows.delete(flow);
    if (handed) this.plugin.tell("managementDown", () => this.policy.managementDown(handed));
  }

  receive(flow: ManagementFlow, message: Uint8Array): void {
    const handed = this.#flows.get(flow);
    if (handed) this.plugin.tell("receive", () => this.policy.receive(handed, message));
  }

  adjacencyUp(neighbour: Address, fd: Fd): void {
    this.plugin.tell("adjacencyUp", () => this.policy.adjacencyUp(neighbour, fd));
  }

  adjacencyDown(neighbour: Address, fd: Fd): void {
    this.plugin.tell("adjacencyDown", () => this.policy.adjacencyDown(neighbour, fd));
  }

  members(): readonly Address[] {
    return this.plugin.call("members", () => this.policy.members(), [], addressesOf);
  }

  stats(): Stats {
    return this.plugin.call("stats", () => this.policy.stats(), {}, plainStats);
  }

  shutdown(): void {
    this.plugin.tell("shutdown", () => this.policy.shutdown());
  }
}
