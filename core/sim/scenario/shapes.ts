/**
 * Shapes of graphs by the words that scenarios have for them.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
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
  /** The least number of nodes. */
  readonly least: number;
  /** Says why so many nodes with this degree have no such shape; undefined: they have. */
  lacks?(nodes: number, degree: number | undefined): string | undefined;
  /** Makes the graph. */
  make(nodes: number, settings: Required<ShapeSettings>): Topology;
}

const pairsOf = (nodes: number, lower: (node: number) => number): [number, number][] =>
  Array.from({ length: Math.max(0, nodes - 1) }, (_, index) => [lower(index + 1), index + 1]);

/** Says that a node cannot have so many neighbours. */
const tooMany = (nodes: number, degree = 0): string | undefined =>
  degree < nodes ? undefined : `a degree of ${degree} needs more than ${degree} of them, not ${nodes}`;

function isPrime(number: number): boolean {
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
  return number > 1;
}

/**
 * Checks that there is such a graph, so that no other one is made in its place.
 *
 * @param degree as it was given; undefined: it was not
 * @throws InvalidError
 *
 * @example
 * ```ts
 * import { checkShape } from "./shapes.ts";
 * import assert from "node:assert/strict";
 * assert.throws(() => checkShape("ring", 2, undefined), /a ring has 3 nodes at least, not 2/);
 * ```
 */
export function checkShape(word: string, nodes: number, degree: number | undefined): void {
  const { least, lacks } = SHAPES[word];
  if (nodes < least) throw new InvalidError(`a ${word} has ${least} nodes at least, not ${nodes}`);
  const why = lacks?.(nodes, degree);
  if (why !== undefined) throw new InvalidError(`there is no such ${word} graph: ${why}`);
}

/** The shapes. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  line: {
    help: "one behind the other",
    least: 1,
    make: (nodes) => topologyOf(nodes, pairsOf(nodes, (node) => node - 1)),
  },
  ring: { help: "a circle", least: 3, make: ring },
  star: {
    help: "all joined to the first",
    least: 2,
    make: (nodes) => topologyOf(nodes, pairsOf(nodes, () => 0)),
  },
  grid: {
    help: "as close to a square as whole rows allow; the last row may be shorter",
    least: 4,
    lacks: (nodes) =>
      isPrime(nodes) ? `${nodes} is a prime number, and makes no rectangle; ${nodes - 1} does` : undefined,
    make: grid,
  },
  tree: {
    help: "each with so many below it as degree says",
    degree: 2,
    least: 2,
    make: (nodes, { degree }) => topologyOf(nodes, pairsOf(nodes, (node) => Math.floor((node - 1) / degree))),
  },
  random: {
    help: "a random tree, then random links until there are degree a node on average",
    degree: 4,
    least: 2,
    lacks: (nodes, degree) =>
      degree !== undefined && Math.round(nodes * degree / 2) < nodes - 1
        ? `a degree of ${degree} leaves some of ${nodes} without a path to the others; 2 is enough`
        : tooMany(nodes, degree),
    make: (nodes, { degree, seed }) => random(nodes, degree, seed),
  },
  "scale-free": {
    help: "each new node is joined to degree others, those with many links rather",
    degree: 2,
    least: 2,
    lacks: tooMany,
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
