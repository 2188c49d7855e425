/**
 * The simulator: layers of the same plugins as in a daemon, on a network of links in virtual time. A seed replays a run exactly.
 *
 * A {@link Network} is made from a {@link Topology}; a {@link SimulatedLayer} puts an IPCP on each node; {@link BringUp} lets
 * them join and connect; {@link Trial} lets time pass and counts what is sent; {@link runExperiment} does all of it and
 * {@link startTable} and {@link workTable} show what came of it. Plugins come from a registry that the caller fills.
 *
 * @example
 * ```ts
 * import { Network, ring } from "./mod.ts";
 * import assert from "node:assert/strict";
 * const network = new Network({ topology: ring(10), link: { delay: 2, rate: 100e6 } });
 * network.links[3].cut();
 * network.scheduler.advance(1000);
 * assert.equal(network.scheduler.now(), 1000);
 * ```
 *
 * @module
 */
export type { Impairment } from "../kit/impairment.ts";
export { FdTable } from "../kit/number_pool.ts";
export type { Builtin } from "../registry/builtins.ts";
export type { Policies } from "../registry/check_options.ts";
export {
  type GuardedPlugin,
  type GuardOptions,
  type PluginFault,
  PluginGuard,
} from "../registry/guard/plugin_guard.ts";
export { type ListedPlugin, Registry } from "../registry/registry.ts";
export { ApplicationFlow } from "./experiment/application_flow.ts";
export { Applications } from "./experiment/applications.ts";
export { BringUp } from "./experiment/bring_up.ts";
export {
  type ExperimentOptions,
  type Findings,
  type Operations,
  runExperiment,
} from "./experiment/experiment.ts";
export { type LayerOptions, SimulatedLayer } from "./layer.ts";
export type { Ground, GroundNode } from "./ground.ts";
export {
  DEFAULT_LINK,
  type LinkEnd,
  type LinkImpairment,
  type LinkOptions,
  SimulatedLink,
} from "./network/link.ts";
export { Member, type MemberContext } from "./member.ts";
export type { PolicyTable } from "../wire/layer/layer_extension.ts";
export { SILENT } from "../contract/ports.ts";
export { Network, type NetworkOptions, type Observer } from "./network.ts";
export { NetworkNode } from "./network_node.ts";
export { type Block, BlockPool } from "./network/packet_queue.ts";
export { type NamedFindings, startTable, workTable } from "./experiment/report.ts";
export { type EventHandler, Scheduler } from "./scheduler.ts";
export { SeededRandom } from "../kit/seeded_random.ts";
export { type Carrier, type Place, SimulatedFlow } from "./network/simulated_flow.ts";
export {
  distances,
  grid,
  neighbours,
  random,
  readEdges,
  ring,
  type Topology,
  topologyOf,
} from "./experiment/topology.ts";
export {
  type Tagged,
  Traffic,
  TRAFFIC_KINDS,
  type TrafficCount,
  type TrafficKind,
} from "./experiment/traffic.ts";
export { type Step, sum, Trial, type TrialOptions } from "./experiment/trial.ts";
export { VirtualTime } from "./virtual_time.ts";
