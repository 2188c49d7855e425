/**
 * The graph of a layer: those adjacencies that both ends announce. One end alone is not trusted: it may announce a dead link
 * for ever.
 *
 * @module
 */
import type { Lsdb } from "../lsdb/lsdb.ts";

/** Neighbours that a vertex can get before the graph has to be made anew. */
const ROOM = 2;

/** Vertices are numbers below {@link size}; each edge is there in both directions. */
export interface Graph {
  /** Vertices are below it; some may be without edges. */
  readonly size: number;
  /** Where the neighbours of a vertex begin in {@link targets}; those of the next one begin behind the room for more of them. */
  readonly starts: Uint32Array;
  /** Where they end. */
  readonly ends: Uint32Array;
  /** Neighbours. */
  readonly targets: Uint32Array;
  /** The address of a vertex, never 0 where it has edges. */
  readonly addresses: Uint32Array;
}

/** Makes the graph of a database, with its vertices. */
export function graphOf(lsdb: Lsdb): Graph {
  const size = lsdb.vertices.bound;
  const addresses = new Uint32Array(size);
  for (let vertex = 0; vertex < size; vertex++) addresses[vertex] = lsdb.vertices.address(vertex);
  const starts = new Uint32Array(size + 1).fill(ROOM);
  starts[0] = 0;
  const { bound } = lsdb;
  for (let slot = 0; slot < bound; slot++) {
    if (lsdb.twoWay(slot)) starts[lsdb.sourceVertex(slot) + 1]++;
  }
  for (let vertex = 0; vertex < size; vertex++) starts[vertex + 1] += starts[vertex];
  const targets = new Uint32Array(starts[size]);
  const ends = starts.slice(0, size);
  for (let slot = 0; slot < bound; slot++) {
    if (lsdb.twoWay(slot)) targets[ends[lsdb.sourceVertex(slot)]++] = lsdb.destinationVertex(slot);
  }
  return { size, starts, ends, targets, addresses };
}

/** Adds an edge that is not there. @returns false when there is no room for it */
export function join({ size, starts, ends, targets }: Graph, one: number, other: number): boolean {
  const room = (vertex: number) => vertex < size && ends[vertex] < starts[vertex + 1];
  if (!room(one) || !room(other)) return false;
  targets[ends[one]++] = other;
  targets[ends[other]++] = one;
  return true;
}

/** Takes an edge away that is there. */
export function part({ starts, ends, targets }: Graph, one: number, other: number): void {
  const drop = (from: number, to: number) => {
    const last = --ends[from];
    targets[targets.indexOf(to, starts[from])] = targets[last];
  };
  drop(one, other);
  drop(other, one);
}
