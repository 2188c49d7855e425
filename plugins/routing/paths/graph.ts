/**
 * The graph of a layer: those adjacencies that both ends announce. One end alone is not trusted: it may announce a dead link
 * for ever.
 *
 * @module
 */
import type { Lsdb } from "../lsdb/lsdb.ts";

/** Vertices are numbers below {@link size}; each edge is there in both directions. */
export interface Graph {
  /** Vertices are below it; some may be without edges. */
  readonly size: number;
  /** Where the neighbours of a vertex begin in {@link targets}; those of the next one begin where they end. */
  readonly starts: Uint32Array;
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
  const starts = new Uint32Array(size + 1);
  for (let slot = 0; slot < lsdb.bound; slot++) {
    if (lsdb.twoWay(slot)) starts[lsdb.sourceVertex(slot) + 1]++;
  }
  for (let vertex = 0; vertex < size; vertex++) starts[vertex + 1] += starts[vertex];
  const targets = new Uint32Array(starts[size]);
  const ends = starts.slice(0, size);
  for (let slot = 0; slot < lsdb.bound; slot++) {
    if (lsdb.twoWay(slot)) targets[ends[lsdb.sourceVertex(slot)]++] = lsdb.destinationVertex(slot);
  }
  return { size, starts, targets, addresses };
}
