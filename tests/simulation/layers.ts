/**
 * Experiments with unicast layers: the graphs by name, and what they are run with.
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import { Registry } from "../../core/registry/registry.ts";
import { runExperiment } from "../../core/sim/experiment/experiment.ts";
import { SILENT } from "../../core/contract/ports.ts";
import type { NamedFindings } from "../../core/sim/experiment/report.ts";
import { grid, random, ring, type Topology } from "../../core/sim/experiment/topology.ts";
import type { Trial } from "../../core/sim/experiment/trial.ts";
import { BUILTINS } from "../../plugins/builtins.ts";

/** Links of a node in random graphs, on average. */
const DEGREE = 6;

/** Graphs by name. */
export const GRAPHS: Readonly<Record<string, (nodes: number, seed: number) => Topology>> = {
  ring,
  grid,
  random: (nodes, seed) => random(nodes, DEGREE, seed),
};

/** The built-in plugins. */
export function builtinRegistry(): Registry {
  const registry = new Registry(SILENT);
  for (const builtin of BUILTINS) registry.addBuiltin(builtin);
  return registry;
}

/** The graph of a name. @throws InvalidError when there is none */
export function graphOf(name: string, nodes: number, seed: number): Topology {
  if (Object.hasOwn(GRAPHS, name)) return GRAPHS[name](nodes, seed);
  throw new InvalidError(`there is no graph "${name}"; there are: ${Object.keys(GRAPHS).join(", ")}`);
}

/** Runs the experiment on a graph. The layer is the default one, but that packets may take as many hops as can be said. */
export async function measure(
  name: string,
  topology: Topology,
  seed: number,
  progress?: (step: string) => void,
): Promise<NamedFindings> {
  const findings = await runExperiment({
    topology,
    seed,
    registry: builtinRegistry(),
    options: { ttl: "255" },
    flows: 100,
    rest: 30_000,
    progress,
  });
  return { name, ...findings };
}

/** Whether a member has a way to every other one. */
export function converged(stats: unknown, { layer }: Trial): boolean {
  return destinations(stats) === layer.members.length - 1;
}

/** To how many others a member has a way; −1: it is in no layer. */
export function destinations(stats: unknown): number {
  if (typeof stats !== "object" || stats === null || !("forwarding" in stats)) return -1;
  return Array.isArray(stats.forwarding) ? stats.forwarding.length : -1;
}
