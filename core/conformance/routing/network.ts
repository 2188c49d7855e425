/**
 * Members of a layer that have routing only, joined by links in virtual time. A link carries a management flow and a data
 * transfer flow; it can lose messages, be cut so that nobody notices, or go so that both ends are told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Address, address } from "../../contract/ids.ts";
import type { Plugin } from "../../contract/plugin.ts";
import { checkOptions } from "../../registry/check_options.ts";
import type { Registry } from "../../registry/registry.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { RoutingLink } from "./link.ts";
import { RoutingMember } from "./member.ts";
import { type Needs, registryOf } from "../suite.ts";

/** How a network is made. */
export interface NetworkNeeds extends Needs {
  readonly seed?: number;
}

/** A network of members with the same routing plugin. */
export class RoutingNetwork {
  readonly time = new VirtualTime(1_700_000_000_000);
  readonly random: SeededRandom;
  readonly members: RoutingMember[] = [];
  readonly links: RoutingLink[] = [];
  readonly #plugin: Plugin<"routing">;
  readonly #options: Readonly<Record<string, string>>;
  readonly #registry: Registry;

  constructor(plugin: Plugin<"routing">, { options = {}, uses, guard, seed = 1 }: NetworkNeeds = {}) {
    this.#plugin = plugin;
    this.#options = options;
    this.random = new SeededRandom(seed);
    this.#registry = registryOf(plugin, uses, guard);
  }

  /** Adds a member. */
  add(of: number): RoutingMember {
    const member = new RoutingMember(address(of), { time: this.time, random: this.random });
    this.#start(member);
    this.members.push(member);
    return member;
  }

  /** A member dies and starts anew under the same address; its neighbours are told of the death. Its links are closed. */
  restart(member: RoutingMember): void {
    for (const link of this.links) {
      if (link.joins(member)) link.close(link.members.filter((one) => one !== member));
    }
    member.shutdown();
    this.#start(member, true);
  }

  /** Joins two members. The flows are there at once. */
  link(one: RoutingMember, other: RoutingMember): RoutingLink {
    const link = new RoutingLink(one, other, this.time);
    this.links.push(link);
    link.open();
    return link;
  }

  /** Adds members 1 … `count` and links each to the next one. */
  line(count: number): RoutingMember[] {
    const members = Array.from({ length: count }, (_, index) => this.add(index + 1));
    members.slice(1).forEach((member, index) => this.link(members[index], member));
    return members;
  }

  /** A line whose ends are linked too. */
  ring(count: number): RoutingMember[] {
    const members = this.line(count);
    this.link(members[count - 1], members[0]);
    return members;
  }

  /** The members that a packet passes; undefined when it does not arrive. */
  path(from: RoutingMember, to: Address): Address[] | undefined {
    const passed = [from.address];
    for (let at = from; at.address !== to;) {
      const [flow] = at.table.get(to) ?? [];
      const next = flow === undefined ? undefined : at.next(flow);
      if (!next || passed.length > this.members.length) return undefined;
      passed.push(next.address);
      at = next;
    }
    return passed;
  }

  /** Every member reaches every other one, and knows all of them. */
  assertWhole(members: readonly RoutingMember[] = this.members): void {
    for (const from of members) {
      for (const to of members) {
        assert(this.path(from, to.address), `${from.address} does not reach ${to.address}`);
      }
      const known = new Set(from.routing.members());
      assert(!known.has(from.address), "a member names itself among the others");
      for (const to of members) assert(to === from || known.has(to.address), `${to.address} is not known`);
    }
  }

  #start(member: RoutingMember, returned = false): void {
    const options = checkOptions(this.#plugin.options, this.#options);
    const { name } = this.#plugin;
    member.start((context) => this.#registry.make("routing", name, { ...context, options, returned }));
  }

  /** All tables, as plain data. */
  tables(): Record<string, [Address, readonly number[]][]> {
    return Object.fromEntries(
      this.members.map(({ address, table }) => [address, [...table].sort(([a], [b]) => a - b)]),
    );
  }

  /** Messages that all members have sent. */
  get sent(): number {
    return this.members.reduce((sum, { sent }) => sum + sent, 0);
  }
}
