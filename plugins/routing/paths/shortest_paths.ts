/**
 * Shortest paths from one vertex. Each link counts 1, so a breadth-first search finds them in time proportional to the number
 * of links.
 *
 * @module
 */
import type { Graph } from "./graph.ts";
import { HopSets } from "./hop_sets.ts";

/** The distance of a vertex that cannot be reached. */
export const UNREACHED = 0xffffffff;

/** Shortest paths from {@link source}, and the neighbours of the source that they begin with. */
export interface ShortestPaths {
  readonly graph: Graph;
  readonly source: number;
  /** Links from the source, or {@link UNREACHED}, by vertex. */
  readonly distances: Uint32Array;
  /**
   * The last vertex before each one that is reached. Of several, the one with the lowest address: so do all members of a
   * layer choose.
   */
  readonly parents: Uint32Array;
  /** The first vertex on the way to each one, by way of its parent: a neighbour of the source; or {@link UNREACHED}. */
  readonly first: Uint32Array;
  /** All neighbours of the source that are on a shortest path; undefined: not asked for. */
  readonly equal: HopSets | undefined;
  /** All that are loop-free; undefined: not asked for. */
  readonly loopFree: HopSets | undefined;
}

/** What a policy wants to know beside the first vertex on the one path. */
export interface Wanted {
  readonly equal: boolean;
  /** Asks for {@link equal}, too. */
  readonly loopFree: boolean;
}

/** Searches the shortest paths from a vertex. @returns them, and the vertices that are reached, nearest first, from the source on */
export function shortestPaths(
  graph: Graph,
  source: number,
  wanted: Wanted,
): { readonly paths: ShortestPaths; readonly order: Uint32Array } {
  const { size, starts, ends, targets, addresses } = graph;
  const distances = new Uint32Array(size).fill(UNREACHED);
  const parents = new Uint32Array(size);
  const order = new Uint32Array(size);
  distances[source] = 0;
  parents[source] = source;
  order[0] = source;
  let reached = 1;
  for (let next = 0; next < reached; next++) {
    const vertex = order[next];
    const further = distances[vertex] + 1;
    const end = ends[vertex];
    for (let edge = starts[vertex]; edge < end; edge++) {
      const target = targets[edge];
      const distance = distances[target];
      if (distance === UNREACHED) {
        distances[target] = further;
        parents[target] = vertex;
        order[reached++] = target;
      } else if (distance === further && addresses[vertex] < addresses[parents[target]]) {
        parents[target] = vertex;
      }
    }
  }
  const found = order.subarray(0, reached);
  const first = firstHops(source, parents, found);
  const equal = wanted.equal ? equalHops(graph, source, distances, found) : undefined;
  const loopFree = equal && wanted.loopFree
    ? loopFreeHops(graph, source, distances, found, equal)
    : undefined;
  return { paths: { graph, source, distances, parents, first, equal, loopFree }, order: found };
}

function firstHops(source: number, parents: Uint32Array, order: Uint32Array): Uint32Array {
  const first = new Uint32Array(parents.length).fill(UNREACHED);
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const parent = parents[vertex];
    first[vertex] = parent === source ? vertex : first[parent];
  }
  return first;
}

/** They fall out of one search: those of a vertex are those of all vertices that are one link nearer. */
function equalHops(graph: Graph, source: number, distances: Uint32Array, order: Uint32Array): HopSets {
  const { starts, ends, targets } = graph;
  const hops = new HopSets(graph, source);
  hops.neighbours.forEach((neighbour, place) => hops.add(neighbour, place));
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const further = distances[vertex] + 1;
    const end = ends[vertex];
    for (let edge = starts[vertex]; edge < end; edge++) {
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
  source: number,
  distances: Uint32Array,
  order: Uint32Array,
  equal: HopSets,
): HopSets {
  const { starts, ends, targets } = graph;
  const hops = new HopSets(graph, source);
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const distance = distances[vertex];
    hops.unite(vertex, equal, vertex);
    const end = ends[vertex];
    for (let edge = starts[vertex]; edge < end; edge++) {
      const other = targets[edge];
      if (distances[other] === distance) hops.unite(vertex, equal, other);
      else if (distances[other] === distance - 1) hops.unite(vertex, hops, other);
    }
  }
  return hops;
}
