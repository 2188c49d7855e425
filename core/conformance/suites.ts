/**
 * What a plugin of any kind has to do, and what it says of itself in its author's tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { OptionDeclaration } from "../contract/options.ts";
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
import { ipcpChecks } from "./ipcp/ipcp.ts";
import { type MemberNeeds, SimulatedMember } from "./ipcp/simulated_member.ts";
import { connectFlow } from "./ipcp/steps.ts";
import { RoutingNetwork } from "./routing/network.ts";
import { routingChecks } from "./routing/routing.ts";
import { schedulingChecks } from "./scheduling.ts";
import { type Check, instanceOf, registryOf, type SimpleKind } from "./suite.ts";

/** What is done with a plugin of each kind. */
type ByKind = {
  readonly [K in PluginKind]: {
    /** What it must do. */
    readonly checks: (plugin: Plugin<K>, needs: MemberNeeds) => Check[];
    /** Makes what a test is about. */
    readonly make: (plugin: Plugin<K>, needs: MemberNeeds) => TestSubjects[K];
  };
};

/** Makes a policy whose factory gets nothing but its options. */
const made = <K extends SimpleKind>(plugin: Plugin<K> & AnyPlugin, needs: MemberNeeds) =>
  instanceOf<K>(plugin, needs);

const BY_KIND: ByKind = {
  hash: { checks: hashChecks, make: made },
  congestion: { checks: congestionChecks, make: made },
  forwarding: { checks: forwardingChecks, make: made },
  scheduling: { checks: schedulingChecks, make: made },
  balancing: { checks: balancingChecks, make: made },
  address: {
    checks: addressChecks,
    make: (plugin, { options: given = {}, uses }) => {
      const options = checkOptions(plugin.options, given);
      return registryOf(plugin, uses).make("address", plugin.name, { random: new SeededRandom(1), options });
    },
  },
  routing: {
    checks: routingChecks,
    make: (plugin, needs) => new RoutingNetwork(plugin, needs),
  },
  directory: {
    checks: directoryChecks,
    make: (plugin, needs) => new SimulatedDirectories(plugin, needs),
  },
  ipcp: {
    checks: ipcpChecks,
    make: async (plugin, needs) => {
      const member = await SimulatedMember.make(plugin, needs);
      const layer = member.bootstrap(plugin, needs.options ?? {});
      member.ok<void>((done) => layer.register(member.hash, done));
      return { time: member.time, layer, flow: () => connectFlow(member) };
    },
  },
};

/** Kinds whose checks take no time: they are made with each option at its ends, too. */
const QUICK: readonly PluginKind[] = ["hash", "congestion", "forwarding", "scheduling", "balancing"];

/** Returns what a plugin must do, as its kind asks. */
export function checksOf<K extends PluginKind>(plugin: Plugin<K>, needs: MemberNeeds = {}): Check[] {
  const { checks } = BY_KIND[plugin.kind];
  const all = checks(plugin, needs);
  if (!QUICK.includes(plugin.kind)) return all;
  const { options = {} } = needs;
  for (const option of plugin.options) {
    for (const value of Object.hasOwn(options, option.name) ? [] : endsOf(option)) {
      const given = { ...needs, options: { ...options, [option.name]: value } };
      all.push(
        ...checks(plugin, given).map((check) => ({ ...check, setting: `${option.name} ${value}` })),
      );
    }
  }
  return all;
}

/** Returns the values that are most unlike the others, as a user writes them. */
function endsOf(option: OptionDeclaration): readonly string[] {
  if (option.type === "choice") return option.values;
  if (option.type === "flag") return ["true"];
  if (option.type !== "integer") return [];
  return [option.min, option.max].map((value) => value.toString(option.hexadecimal ? 16 : 10));
}

/** Returns the tests of a plugin's author as checks. */
export function authorChecks<K extends PluginKind>(
  plugin: Plugin<K>,
  tests: PluginTests<K>,
  needs: MemberNeeds = {},
): Check[] {
  const tools: TestTools<K> = {
    make: (options = {}) =>
      BY_KIND[plugin.kind].make(plugin, { ...needs, options: { ...needs.options, ...options } }),
    equal: (actual, expected, message) => assert.deepEqual(actual, expected, message),
    ok: (holds, message) => assert(holds, message),
  };
  return Object.entries(tests).map(([name, run]) => ({ name, run: () => run(tools) }));
}
