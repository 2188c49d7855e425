/**
 * Shapes of graphs by the words that scenarios have for them.
 *
 * @module
 */
import { SeededRandom } from "../../kit/seeded_random.ts";
import { grid, random, ring, type Topology, topologyOf } from "../experiment/topology.ts";

/** What a shape is made by, beside the number of nodes. */
export interface ShapeSettings {
  /** Links of a node on average (random), links that a new node brings (scale-free), nodes below one (tree). */
  readonly degree?: number;
  /** For those that draw. */
  readonly seed: number;
}

/** A shape. */
export interface Shape {
  /** One line of help, without full stop. */
  readonly help: string;
  /** The degree, where it has one and none is given. */
  readonly degree?: number;
  /** Makes the graph. */
  make(nodes: number, settings: Required<ShapeSettings>): Topology;
}

const pairsOf = (nodes: number, lower: (node: number) => number): [number, number][] =>
  Array.from({ length: Math.max(0, nodes - 1) }, (_, index) => [lower(index + 1), index + 1]);

/** The shapes. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  line: {
    help: "one behind the other",
    make: (nodes) => topologyOf(nodes, pairsOf(nodes, (node) => node - 1)),
  },
  ring: { help: "a circle", make: ring },
  star: { help: "all joined to the first", make: (nodes) => topologyOf(nodes, pairsOf(nodes, () => 0)) },
  grid: { help: "a rectangle, as close to a square as can be", make: grid },
  tree: {
    help: "each with so many below it as degree says",
    degree: 2,
    make: (nodes, { degree }) => topologyOf(nodes, pairsOf(nodes, (node) => Math.floor((node - 1) / degree))),
  },
  random: {
    help: "a random tree, then random links until there are degree a node on average",
    degree: 4,
    make: (nodes, { degree, seed }) => random(nodes, degree, seed),
  },
  "scale-free": {
    help: "each new node is joined to degree others, those with many links rather",
    degree: 2,
    make: (nodes, { degree, seed }) => scaleFree(nodes, degree, seed),
  },
};

/** Makes a graph in which few nodes have many links (Barabási and Albert). */
function scaleFree(nodes: number, degree: number, seed: number): Topology {
  const draw = new SeededRandom(seed);
  const pairs: [number, number][] = [];
  /** Each node as often as it has links. */
  const ends: number[] = [0];
  for (let node = 1; node < nodes; node++) {
    const others = new Set<number>();
    while (others.size < Math.min(degree, node)) others.add(ends[draw.below(ends.length)]);
    for (const other of others) {
      pairs.push([other, node]);
      ends.push(other, node);
    }
  }
  return topologyOf(nodes, pairs);
}
