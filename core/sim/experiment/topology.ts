/**
 * Graphs of nodes and links to simulate: ring, grid, random from a seed, or a list of edges.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";

/** A connected graph without loops and without double edges. */
export interface Topology {
  /** Nodes are 0 … `nodes` − 1. */
  readonly nodes: number;
  /** Pairs of nodes, each pair once, the lower number first, in ascending order. */
  readonly edges: readonly (readonly [number, number])[];
}

/** Makes a circle of `nodes` nodes. */
export function ring(nodes: number): Topology {
  const pairs: [number, number][] = [];
  for (let node = 0; node < nodes; node++) pairs.push([node, (node + 1) % nodes]);
  return topologyOf(nodes, pairs);
}

/**
 * Makes a rectangle, as close to a square as whole rows allow; the last row may be shorter.
 *
 * @example
 * ```ts
 * import { grid } from "./topology.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(grid(4).edges, [[0, 1], [0, 2], [1, 3], [2, 3]]);
 * ```
 */
export function grid(nodes: number): Topology {
  const width = Math.ceil(Math.sqrt(nodes));
  const pairs: [number, number][] = [];
  for (let node = 0; node < nodes; node++) {
    if ((node + 1) % width !== 0 && node + 1 < nodes) pairs.push([node, node + 1]);
    if (node + width < nodes) pairs.push([node, node + width]);
  }
  return topologyOf(nodes, pairs);
}

/**
 * Makes a random graph: a random tree that connects all nodes, then random edges until there are `degree` a node on average.
 *
 * @param degree links of a node on average
 * @param seed the same seed gives the same graph
 */
export function random(nodes: number, degree: number, seed: number): Topology {
  const draw = new SeededRandom(seed);
  const pairs = new Map<number, [number, number]>();
  const add = (a: number, b: number) => pairs.set(Math.min(a, b) * nodes + Math.max(a, b), [a, b]);
  for (let node = 1; node < nodes; node++) add(node, draw.below(node));
  const wanted = Math.min(Math.round(nodes * degree / 2), nodes * (nodes - 1) / 2);
  while (pairs.size < wanted) {
    const [a, b] = [draw.below(nodes), draw.below(nodes)];
    if (a !== b) add(a, b);
  }
  return topologyOf(nodes, [...pairs.values()]);
}

/**
 * Reads a list of edges: two numbers of nodes a line, what follows on the line and lines that begin with `#` left out.
 *
 * @throws InvalidError for a line that is not an edge, and for a graph that is not connected
 *
 * @example
 * ```ts
 * import { readEdges } from "./topology.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(readEdges("# a line of three\n0 1\n1 2\n"), { nodes: 3, edges: [[0, 1], [1, 2]] });
 * ```
 */
export function readEdges(text: string): Topology {
  const pairs: [number, number][] = [];
  let nodes = 0;
  text.split("\n").forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    const found = /^\s*(\d{1,6})[\s,]+(\d{1,6})(?!\S)/.exec(line);
    if (!found) {
      throw new InvalidError(`line ${index + 1} of the edges is not two numbers of nodes: "${line}"`);
    }
    const [a, b] = [Number(found[1]), Number(found[2])];
    if (a !== b) pairs.push([a, b]);
    nodes = Math.max(nodes, a + 1, b + 1);
  });
  return topologyOf(nodes, pairs);
}

/**
 * Makes a topology from pairs in any order; loops and repeated pairs are left out.
 *
 * @throws InvalidError when not all nodes are connected
 */
export function topologyOf(nodes: number, pairs: readonly (readonly [number, number])[]): Topology {
  const keys = new Set<number>();
  for (const [a, b] of pairs) {
    if (a !== b) keys.add(Math.min(a, b) * nodes + Math.max(a, b));
  }
  const edges = [...keys].sort((a, b) => a - b).map((key) => [Math.floor(key / nodes), key % nodes] as const);
  const topology = { nodes, edges };
  const lonely = distances(topology, 0).indexOf(-1);
  if (lonely >= 0) throw new InvalidError(`no path leads from node 0 to node ${lonely}`);
  return topology;
}

/** Returns the neighbours of each node, in ascending order. */
export function neighbours({ nodes, edges }: Topology): number[][] {
  const lists = Array.from({ length: nodes }, (): number[] => []);
  for (const [a, b] of edges) {
    lists[a].push(b);
    lists[b].push(a);
  }
  for (const list of lists) list.sort((a, b) => a - b);
  return lists;
}

/** Returns the number of hops from a node to each node; −1 where no path leads. */
export function distances(topology: Topology, from: number): number[] {
  const lists = neighbours(topology);
  const hops = new Array<number>(topology.nodes).fill(-1);
  if (topology.nodes === 0) return hops;
  hops[from] = 0;
  const order = [from];
  for (const node of order) { // Nodes that are added here are visited too.
    for (const next of lists[node]) {
      if (hops[next] >= 0) continue;
      hops[next] = hops[node] + 1;
      order.push(next);
    }
  }
  return hops;
}
