/**
 * All first hops of shortest paths. They fall out of one search: those of a vertex are those of all vertices that are one link
 * nearer.
 *
 * @module
 */
import type { Graph } from "./graph.ts";
import { HopSets } from "./hop_sets.ts";
import type { ShortestPaths } from "./shortest_paths.ts";

/** For each vertex, the neighbours of the source that are on a shortest path to it. */
export function equalHops(graph: Graph, { source, distances, order }: ShortestPaths): HopSets {
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
