/**
 * What a plugin of any kind has to do, and what it says of itself in its author's tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AnyPlugin, Plugin } from "../contract/plugin.ts";
import type { PluginTests, TestSubjects, TestTools } from "../contract/author_types.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { checkOptions } from "../registry/check_options.ts";
import { addressChecks } from "./address.ts";
import { balancingChecks } from "./balancing.ts";
import { congestionChecks } from "./congestion.ts";
import { directoryChecks } from "./directory/directory.ts";
import { SimulatedDirectories } from "./directory/simulated_directories.ts";
import { forwardingChecks } from "./forwarding.ts";
import { hashChecks } from "./hash.ts";
import { ipcpChecks, type IpcpNeeds } from "./ipcp/ipcp.ts";
import { SimulatedMember } from "./ipcp/simulated_member.ts";
import { connectFlow } from "./ipcp/steps.ts";
import { RoutingNetwork } from "./routing/network.ts";
import { routingChecks } from "./routing/routing.ts";
import { schedulingChecks } from "./scheduling.ts";
import { type Check, registryOf } from "./suite.ts";

type Options = Readonly<Record<string, string>>;

/** What is done with a plugin of each kind. */
type ByKind = {
  readonly [K in PluginKind]: {
    /** What it must do. */
    readonly checks: (plugin: Plugin<K>, needs: IpcpNeeds) => Check[];
    /** Makes what a test is about. */
    readonly make: (plugin: Plugin<K>, options: Options, needs: IpcpNeeds) => TestSubjects[K];
  };
};

/** Makes a policy whose factory gets nothing but its options. */
const made = <K extends "hash" | "congestion" | "forwarding" | "scheduling" | "balancing">(
  plugin: Plugin<K> & AnyPlugin,
  options: Options,
) => registryOf(plugin).make<K>(plugin.kind, plugin.name, checkOptions(plugin.options, options));

const BY_KIND: ByKind = {
  hash: { checks: hashChecks, make: made },
  congestion: { checks: congestionChecks, make: made },
  forwarding: { checks: forwardingChecks, make: made },
  scheduling: { checks: schedulingChecks, make: made },
  balancing: { checks: balancingChecks, make: made },
  address: {
    checks: addressChecks,
    make: (plugin, given) => {
      const options = checkOptions(plugin.options, given);
      return registryOf(plugin).make("address", plugin.name, { random: new SeededRandom(1), options });
    },
  },
  routing: {
    checks: routingChecks,
    make: (plugin, options) => new RoutingNetwork(plugin, { options }),
  },
  directory: {
    checks: directoryChecks,
    make: (plugin, options) => new SimulatedDirectories(plugin, { options }),
  },
  ipcp: {
    checks: ipcpChecks,
    make: async (plugin, options, needs) => {
      const member = await SimulatedMember.make(plugin, needs);
      const layer = member.bootstrap(plugin, options);
      member.ok<void>((done) => layer.register(member.hash, done));
      return { time: member.time, layer, flow: () => connectFlow(member) };
    },
  },
};

/** Returns what a plugin must do, as its kind asks. */
export function checksOf<K extends PluginKind>(plugin: Plugin<K>, needs: IpcpNeeds = {}): Check[] {
  return BY_KIND[plugin.kind].checks(plugin, needs);
}

/** Returns the tests of a plugin's author as checks. */
export function authorChecks<K extends PluginKind>(
  plugin: Plugin<K>,
  tests: PluginTests<K>,
  needs: IpcpNeeds = {},
): Check[] {
  const tools: TestTools<K> = {
    make: (options = {}) => BY_KIND[plugin.kind].make(plugin, { ...needs.options, ...options }, needs),
    equal: (actual, expected, message) => assert.deepEqual(actual, expected, message),
    ok: (holds, message) => assert(holds, message),
  };
  return Object.entries(tests).map(([name, run]) => ({ name, run: () => run(tools) }));
}
