/**
 * A forwarding policy under guard. The guard keeps the table, too: where the policy fails, packets take the best route.
 *
 * @module
 */
import type { Address, Fd } from "../../contract/ids.ts";
import type { Forwarding, ForwardingTable } from "../../contract/policies/routing.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Guards a policy. */
export class GuardedForwarding implements Forwarding {
  #table: ForwardingTable = new Map();
  /** 1 at the numbers of the flows in the table. */
  #known = new Uint8Array(0);
  /** The policy has the table. */
  #current = true;
  readonly #down = new Set<Fd>();

  constructor(private readonly policy: Forwarding, private readonly plugin: GuardedPlugin) {}

  replace(table: ForwardingTable): void {
    this.#table = table;
    const all = [...table.values()].flat();
    this.#known = new Uint8Array(all.reduce((most, one) => Math.max(most, one), -1) + 1);
    for (const one of all) this.#known[one] = 1;
    // The table is shared; what the policy does to its own is its own matter.
    const own = new Map([...table].map(([to, flows]) => [to, [...flows]] as const));
    this.#current = this.plugin.tell("replace", () => this.policy.replace(own));
  }

  nextHop(destination: Address, flow: number): Fd | undefined {
    const { plugin } = this;
    if (plugin.out || !this.#current) return this.#best(destination);
    const before = plugin.enter();
    let hop: Fd | undefined;
    try {
      hop = this.policy.nextHop(destination, flow);
    } catch (thrown) {
      return plugin.threw(before, "nextHop", thrown, this.#best(destination));
    }
    plugin.leave(before);
    if (hop === undefined || typeof hop === "number" && this.#known[hop] === 1) return hop;
    return plugin.returned("nextHop", hop, this.#best(destination));
  }

  otherHop(destination: Address, cameOver: Fd): Fd | undefined {
    const { plugin, policy } = this;
    if (policy.otherHop === undefined) return undefined;
    if (plugin.out || !this.#current) return this.#best(destination, cameOver);
    const before = plugin.enter();
    let hop: Fd | undefined;
    try {
      hop = policy.otherHop(destination, cameOver);
    } catch (thrown) {
      return plugin.threw(before, "otherHop", thrown, this.#best(destination, cameOver));
    }
    plugin.leave(before);
    if (hop === undefined || typeof hop === "number" && this.#known[hop] === 1) return hop;
    return plugin.returned("otherHop", hop, this.#best(destination, cameOver));
  }

  flowDown(flow: Fd): void {
    this.#down.add(flow);
    this.plugin.tell("flowDown", () => this.policy.flowDown(flow));
  }

  flowUp(flow: Fd): void {
    this.#down.delete(flow);
    this.plugin.tell("flowUp", () => this.policy.flowUp(flow));
  }

  #best(destination: Address, not?: Fd): Fd | undefined {
    const flows = this.#table.get(destination)?.filter((flow) => flow !== not);
    return flows?.find((flow) => !this.#down.has(flow)) ?? flows?.[0];
  }
}
