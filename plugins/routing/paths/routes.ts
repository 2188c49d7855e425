/**
 * From shortest paths to forwarding tables: one function for each policy.
 *
 * @module
 */
import { type Address, address, type Fd } from "../../../core/contract/ids.ts";
import type { ForwardingTable } from "../../../core/contract/policies/routing.ts";
import type { Graph } from "./graph.ts";
import { HopSets } from "./hop_sets.ts";
import { firstHops, type ShortestPaths, shortestPaths } from "./shortest_paths.ts";

/** The N-1 flows to a neighbour, best first; never an empty list. */
export type FlowsTo = (neighbour: Address) => readonly Fd[];

/** Makes a table for the member that is vertex `own` of the graph. */
export type Routes = (graph: Graph, own: number, flowsTo: FlowsTo) => ForwardingTable;

/** Takes the flow on the one shortest path. */
export const primaryRoutes: Routes = (graph, own, flowsTo) => {
  const paths = shortestPaths(graph, own);
  const hops = firstHops(paths);
  return tableOf(graph, paths, {
    same: (one, other) => hops[one] === hops[other],
    key: (vertex) => String(hops[vertex]),
    flows: (vertex) => flowsTo(address(graph.addresses[hops[vertex]])).slice(0, 1),
  });
};

/** Takes the flows to all neighbours on shortest paths, lowest address first. */
export const equalRoutes: Routes = (graph, own, flowsTo) => {
  const paths = shortestPaths(graph, own);
  const hops = equalHops(graph, paths);
  return tableOf(graph, paths, {
    same: (one, other) => hops.same(one, other),
    key: (vertex) => hops.key(vertex),
    flows: (vertex) => hops.members(vertex).flatMap((hop) => flowsTo(address(graph.addresses[hop]))),
  });
};

/** Takes the flows on the shortest path, then those on other shortest paths, then those to other loop-free alternates. */
export const loopFreeRoutes: Routes = (graph, own, flowsTo) => {
  const paths = shortestPaths(graph, own);
  const first = firstHops(paths);
  const equal = equalHops(graph, paths);
  const loopFree = loopFreeHops(graph, paths, equal);
  return tableOf(graph, paths, {
    same: (one, other) => first[one] === first[other] && equal.same(one, other) && loopFree.same(one, other),
    key: (vertex) => `${first[vertex]} ${equal.key(vertex)} ${loopFree.key(vertex)}`,
    flows: (vertex) => {
      const hops = new Set([first[vertex], ...equal.members(vertex), ...loopFree.members(vertex)]);
      return [...hops].flatMap((hop) => flowsTo(address(graph.addresses[hop])));
    },
  });
};

/** How a policy finds the flows to a vertex. Most vertices share theirs with others: each list is made once. */
interface Choice {
  /** Returns whether two vertices have the same flows. */
  same(one: number, other: number): boolean;
  /** Returns a text that is the same for vertices with the same flows. */
  key(vertex: number): string;
  flows(vertex: number): readonly Fd[];
}

function tableOf(graph: Graph, { parents, order }: ShortestPaths, choice: Choice): ForwardingTable {
  const table = new Map<Address, readonly Fd[]>();
  const lists = new Map<string, readonly Fd[]>();
  const byVertex: (readonly Fd[])[] = [];
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const parent = parents[vertex];
    let flows = parent !== order[0] && choice.same(vertex, parent) ? byVertex[parent] : undefined;
    if (!flows) {
      const key = choice.key(vertex);
      flows = lists.get(key) ?? choice.flows(vertex);
      lists.set(key, flows);
    }
    byVertex[vertex] = flows;
    table.set(address(graph.addresses[vertex]), flows);
  }
  return table;
}

/** Returns whether two tables have the same flows in the same order: one that changes nothing is not installed. */
export function sameTable(one: ForwardingTable, other: ForwardingTable): boolean {
  if (one.size !== other.size) return false;
  for (const [destination, flows] of one) {
    const others = other.get(destination);
    if (!others || flows.length !== others.length) return false;
    if (flows.some((flow, index) => flow !== others[index])) return false;
  }
  return true;
}

/**
 * Returns for each vertex the neighbours of the source that are on a shortest path to it. They fall out of one search: those of a vertex
 * are those of all vertices that are one link nearer.
 */
function equalHops(graph: Graph, { source, distances, order }: ShortestPaths): HopSets {
  const { starts, targets } = graph;
  const hops = new HopSets(graph, source);
  hops.neighbours.forEach((neighbour, place) => hops.add(neighbour, place));
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const further = distances[vertex] + 1;
    for (let edge = starts[vertex]; edge < starts[vertex + 1]; edge++) {
      if (distances[targets[edge]] === further) hops.unite(targets[edge], hops, vertex);
    }
  }
  return hops;
}

/**
 * Finds, for each vertex, the loop-free alternates (RFC 5286, inequality 1): a neighbour N of the source S whose own shortest path to
 * D does not lead back through S, d(N, D) < d(N, S) + d(S, D). As each link counts 1, that is d(N, D) ≤ d(S, D), and no search from
 * each neighbour is needed: with E the neighbours on shortest paths (d(N, D) = d(S, D) − 1), N is loop-free for D if it is in E of D,
 * loop-free for a neighbour of D that is one link nearer to S, or in E of a neighbour of D that is as far.
 *
 * @param equal those that are on a shortest path; they are loop-free too
 */
function loopFreeHops(
  graph: Graph,
  { source, distances, order }: ShortestPaths,
  equal: HopSets,
): HopSets {
  const { starts, targets } = graph;
  const hops = new HopSets(graph, source);
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const distance = distances[vertex];
    hops.unite(vertex, equal, vertex);
    for (let edge = starts[vertex]; edge < starts[vertex + 1]; edge++) {
      const other = targets[edge];
      if (distances[other] === distance) hops.unite(vertex, equal, other);
      else if (distances[other] === distance - 1) hops.unite(vertex, hops, other);
    }
  }
  return hops;
}
