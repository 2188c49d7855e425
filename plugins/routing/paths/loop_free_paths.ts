/**
 * Loop-free alternates (RFC 5286, inequality 1): a neighbour N of the source S whose own shortest path to D does not lead back
 * through S, d(N, D) < d(N, S) + d(S, D). As each link counts 1, that is d(N, D) ≤ d(S, D), and no search from each neighbour
 * is needed: with E the neighbours on shortest paths (d(N, D) = d(S, D) − 1), N is loop-free for D if it is in E of D, loop-free
 * for a neighbour of D that is one link nearer to S, or in E of a neighbour of D that is as far.
 *
 * @module
 */
import type { Graph } from "./graph.ts";
import { HopSets } from "./hop_sets.ts";
import type { ShortestPaths } from "./shortest_paths.ts";

/**
 * Finds, for each vertex, the neighbours of the source that do not send what goes there back to the source.
 *
 * @param equal those that are on a shortest path; they are loop-free too
 */
export function loopFreeHops(
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
