/**
 * Shortest paths from one vertex. Each link counts 1, so a breadth-first search finds them in time proportional to the number
 * of links.
 *
 * @module
 */
import type { Graph } from "./graph.ts";

/** The distance of a vertex that cannot be reached. */
export const UNREACHED = 0xffffffff;

/** Shortest paths from {@link source}. */
export interface ShortestPaths {
  readonly source: number;
  /** Links from the source, or {@link UNREACHED}, by vertex. */
  readonly distances: Uint32Array;
  /**
   * The last vertex before each one that is reached. Of several, the one with the lowest address: so do all members of a
   * layer choose.
   */
  readonly parents: Uint32Array;
  /** The vertices that are reached, nearest first, from the source on. */
  readonly order: Uint32Array;
}

/** Searches the shortest paths from a vertex. */
export function shortestPaths(graph: Graph, source: number): ShortestPaths {
  const { size, starts, targets, addresses } = graph;
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
    const end = starts[vertex + 1];
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
  return { source, distances, parents, order: order.subarray(0, reached) };
}

/** Finds, for each vertex that is reached, the first one on the way to it: a neighbour of the source. */
export function firstHops({ source, parents, order }: ShortestPaths): Uint32Array {
  const hops = new Uint32Array(parents.length);
  for (let index = 1; index < order.length; index++) {
    const vertex = order[index];
    const parent = parents[vertex];
    hops[vertex] = parent === source ? vertex : hops[parent];
  }
  return hops;
}
