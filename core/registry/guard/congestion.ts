/**
 * A congestion policy under guard: as it is called with every packet, a call costs two stores and a check.
 *
 * @module
 */
import type { Congestion, CongestionFlow } from "../../contract/policies/congestion.ts";
import type { Stats } from "../../contract/stats.ts";
import { plainStats } from "./describe.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** A pause of a flow that is longer is none that a policy can mean, in nanoseconds. */
const MAX_PAUSE = 3600e9;

/** The level of congestion is one byte. */
const isLevel = (value: unknown): value is number => typeof value === "number" && (value & 0xff) === value;

/** What a sender is told has two bytes. */
const isTold = (value: unknown): value is number => typeof value === "number" && (value & 0xffff) === value;

const FREE: CongestionFlow = { sent: () => 0, received: () => undefined, update() {}, stats: () => ({}) };

/** Guards a policy. */
export class GuardedCongestion implements Congestion {
  constructor(private readonly policy: Congestion, private readonly plugin: GuardedPlugin) {}

  mark(queued: number): number {
    const { plugin } = this;
    if (plugin.out) return 0;
    const before = plugin.enter();
    let level: number;
    try {
      level = this.policy.mark(queued);
    } catch (thrown) {
      return plugin.threw(before, "mark", thrown, 0);
    }
    plugin.leave(before);
    return isLevel(level) ? level : plugin.returned("mark", level, 0);
  }

  flow(nowNs: number): CongestionFlow {
    const { plugin, policy } = this;
    return plugin.call<CongestionFlow>(
      "flow",
      () => policy.flow(nowNs),
      FREE,
      (made) => isFlow(made) ? new GuardedFlow(made, plugin) : undefined,
    );
  }
}

/** Its methods were completed when the policy was made. */
const isFlow = (made: unknown): made is CongestionFlow =>
  typeof made === "object" && made !== null && "sent" in made;

class GuardedFlow implements CongestionFlow {
  constructor(private readonly state: CongestionFlow, private readonly plugin: GuardedPlugin) {}

  sent(length: number, nowNs: number): number {
    const { plugin } = this;
    if (plugin.out) return 0;
    const before = plugin.enter();
    let next: number;
    try {
      next = this.state.sent(length, nowNs);
    } catch (thrown) {
      return plugin.threw(before, "sent", thrown, 0);
    }
    plugin.leave(before);
    return typeof next === "number" && next - nowNs < MAX_PAUSE ? next : plugin.returned("sent", next, 0);
  }

  received(level: number): number | undefined {
    const { plugin } = this;
    if (plugin.out) return undefined;
    const before = plugin.enter();
    let told: number | undefined;
    try {
      told = this.state.received(level);
    } catch (thrown) {
      return plugin.threw(before, "received", thrown, undefined);
    }
    plugin.leave(before);
    return told === undefined || isTold(told) ? told : plugin.returned("received", told, undefined);
  }

  update(level: number): void {
    this.plugin.tell("update", () => this.state.update(level));
  }

  stats(): Stats {
    return this.plugin.call("stats", () => this.state.stats(), {}, plainStats);
  }
}
