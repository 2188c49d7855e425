/**
 * Repairs shortest paths after links have come or gone, in time that grows with what changes and not with the layer: the dynamic
 * algorithm of G. Ramalingam and T. Reps ("An incremental algorithm for a generalization of the shortest-path problem", Journal of
 * Algorithms 21, 1996), which where each link counts 1 needs no heap. What follows from distances (first hops, sets of them) is derived
 * anew, nearest vertices first, as long as it comes out differently.
 *
 * @module
 */
import type { LinkChange } from "../lsdb/link_changes.ts";
import { join, part } from "./graph.ts";
import { type ShortestPaths, UNREACHED } from "./shortest_paths.ts";

/** Marks of vertices: its distance has changed; it has lost its ways for now; it is to be looked at; its hops are others. */
const MOVED = 1, CUT = 2, WAITS = 4, DIFFERS = 8;

/**
 * Repairs paths.
 *
 * @returns the vertices to which other hops lead than before, or none, or any for the first time; undefined: a new computation is needed,
 * and nothing of the paths is of use any more
 */
export function repair(paths: ShortestPaths, changes: readonly LinkChange[]): readonly number[] | undefined {
  const work = new Repair(paths);
  return changes.every((change) => work.change(change)) ? work.derive() : undefined;
}

class Repair {
  readonly #marks: Uint8Array;
  /** Ends of links, and vertices whose distance has changed. */
  readonly #touched: number[] = [];
  readonly #differing: number[] = [];
  /** Vertices to be looked at, by distance. */
  #levels: number[][] = [];

  constructor(private readonly paths: ShortestPaths) {
    this.#marks = new Uint8Array(paths.graph.size);
  }

  change({ one, other, came }: LinkChange): boolean {
    const { graph, source, distances } = this.paths;
    // All is said in terms of the neighbours of the source.
    if (one === source || other === source) return false;
    if (came && !join(graph, one, other)) return false;
    if (!came) part(graph, one, other);
    this.#touched.push(one, other);
    const [near, far] = distances[one] <= distances[other] ? [one, other] : [other, one];
    if (distances[near] === UNREACHED) return true;
    const further = distances[near] + 1;
    if (came) {
      if (further < distances[far]) this.#lower(far, further);
    } else if (further === distances[far] && !this.#hasWay(far)) this.#raise(far);
    return true;
  }

  /** A vertex, and those behind it, are nearer than they were. */
  #lower(vertex: number, distance: number): void {
    const { graph: { starts, ends, targets }, distances } = this.paths;
    const queue = [vertex];
    distances[vertex] = distance;
    for (let next = 0; next < queue.length; next++) {
      const at = queue[next];
      this.#move(at);
      const further = distances[at] + 1;
      for (let edge = starts[at]; edge < ends[at]; edge++) {
        if (distances[targets[edge]] <= further) continue;
        distances[targets[edge]] = further;
        queue.push(targets[edge]);
      }
    }
  }

  /** A vertex has lost all its ways, and so perhaps have those behind it. */
  #raise(vertex: number): void {
    const { graph: { starts, ends, targets }, distances } = this.paths;
    const marks = this.#marks;
    const cut = [vertex];
    marks[vertex] |= CUT;
    for (let next = 0; next < cut.length; next++) {
      const at = cut[next];
      const further = distances[at] + 1;
      for (let edge = starts[at]; edge < ends[at]; edge++) {
        const target = targets[edge];
        if (distances[target] !== further || (marks[target] & CUT) !== 0 || this.#hasWay(target)) continue;
        marks[target] |= CUT;
        cut.push(target);
      }
    }
    for (const at of cut) {
      let least = UNREACHED;
      for (let edge = starts[at]; edge < ends[at]; edge++) {
        const target = targets[edge];
        // That of one without a way is greater than any other.
        if ((marks[target] & CUT) === 0 && distances[target] < least) least = distances[target];
      }
      distances[at] = least === UNREACHED ? UNREACHED : least + 1;
    }
    this.#spread(cut);
    for (const at of cut) {
      marks[at] &= ~CUT;
      this.#move(at);
    }
  }

  /** Vertices that know their distance by others tell it to each other, nearest first. */
  #spread(cut: readonly number[]): void {
    const { graph: { starts, ends, targets }, distances } = this.paths;
    const byDistance = cut.filter((at) => distances[at] !== UNREACHED).sort((a, b) =>
      distances[a] - distances[b]
    );
    const told: number[] = [];
    for (let next = 0, nextTold = 0; next < byDistance.length || nextTold < told.length;) {
      const known = next < byDistance.length ? distances[byDistance[next]] : UNREACHED;
      const heard = nextTold < told.length ? distances[told[nextTold]] : UNREACHED;
      const at = known <= heard ? byDistance[next++] : told[nextTold++];
      const further = distances[at] + 1;
      for (let edge = starts[at]; edge < ends[at]; edge++) {
        const target = targets[edge];
        if ((this.#marks[target] & CUT) === 0 || distances[target] <= further) continue;
        distances[target] = further;
        told.push(target);
      }
    }
  }

  #hasWay(vertex: number): boolean {
    const { graph: { starts, ends, targets }, distances } = this.paths;
    const nearer = distances[vertex] - 1;
    for (let edge = starts[vertex]; edge < ends[vertex]; edge++) {
      if (distances[targets[edge]] === nearer && (this.#marks[targets[edge]] & CUT) === 0) return true;
    }
    return false;
  }

  #move(vertex: number): void {
    if ((this.#marks[vertex] & MOVED) !== 0) return;
    this.#marks[vertex] |= MOVED;
    this.#touched.push(vertex);
  }

  /** Derives what follows from the distances. */
  derive(): readonly number[] {
    this.#wait();
    this.#eachLevel((vertex) => this.#deriveEqual(vertex));
    if (this.paths.loopFree) {
      this.#wait();
      for (const vertex of this.#differing) this.#look(vertex, 0);
      this.#eachLevel((vertex) => this.#deriveLoopFree(vertex));
    }
    return this.#differing;
  }

  /** What may come out differently: touched vertices, and neighbours of those that have moved. */
  #wait(): void {
    const { distances } = this.paths;
    this.#levels = [];
    for (const vertex of this.#touched) {
      this.#enlist(vertex);
      if ((this.#marks[vertex] & MOVED) === 0) continue;
      this.#eachNeighbour(vertex, (other) => this.#enlist(other));
      if (distances[vertex] === UNREACHED) this.#forget(vertex);
    }
  }

  #forget(vertex: number): void {
    const { first, equal, loopFree } = this.paths;
    first[vertex] = UNREACHED;
    for (const sets of [equal, loopFree]) {
      sets?.begin();
      sets?.replace(vertex);
    }
    this.#differ(vertex);
  }

  #enlist(vertex: number): void {
    const distance = this.paths.distances[vertex];
    if (distance === 0 || distance === UNREACHED || (this.#marks[vertex] & WAITS) !== 0) return;
    this.#marks[vertex] |= WAITS;
    (this.#levels[distance] ??= []).push(vertex);
  }

  /** Looks at those that are `further` links farther than a vertex, and neighbours of it. */
  #look(vertex: number, further: number): void {
    const { distances } = this.paths;
    if (further === 0) this.#enlist(vertex);
    this.#eachNeighbour(vertex, (other) => {
      if (distances[other] === distances[vertex] + further) this.#enlist(other);
    });
  }

  #eachLevel(derive: (vertex: number) => boolean): void {
    for (let level = 1; level < this.#levels.length; level++) {
      for (const vertex of this.#levels[level] ?? []) {
        this.#marks[vertex] &= ~WAITS;
        if (!derive(vertex)) continue;
        this.#differ(vertex);
        this.#look(vertex, 1);
      }
    }
  }

  #differ(vertex: number): void {
    if ((this.#marks[vertex] & DIFFERS) !== 0) return;
    this.#marks[vertex] |= DIFFERS;
    this.#differing.push(vertex);
  }

  #eachNeighbour(vertex: number, each: (other: number) => void): void {
    const { starts, ends, targets } = this.paths.graph;
    for (let edge = starts[vertex]; edge < ends[vertex]; edge++) each(targets[edge]);
  }

  /** @returns whether other neighbours of the source lead to it than before */
  #deriveEqual(vertex: number): boolean {
    const { graph: { starts, ends, targets, addresses }, source, distances, parents, first, equal } =
      this.paths;
    const nearer = distances[vertex] - 1;
    if (nearer === 0) return false; // It is a neighbour of the source, and stays one.
    let parent = source;
    equal?.begin();
    for (let edge = starts[vertex]; edge < ends[vertex]; edge++) {
      const target = targets[edge];
      if (distances[target] !== nearer) continue;
      if (parent === source || addresses[target] < addresses[parent]) parent = target;
      equal?.gather(equal, target);
    }
    const differs = first[vertex] !== first[parent];
    parents[vertex] = parent;
    first[vertex] = first[parent];
    return equal?.replace(vertex) || differs;
  }

  /** @returns whether other neighbours of the source are loop-free than before */
  #deriveLoopFree(vertex: number): boolean {
    const { graph: { starts, ends, targets }, distances, equal, loopFree } = this.paths;
    if (!equal || !loopFree) return false;
    const distance = distances[vertex];
    loopFree.begin();
    loopFree.gather(equal, vertex);
    for (let edge = starts[vertex]; edge < ends[vertex]; edge++) {
      const other = targets[edge];
      if (distances[other] === distance) loopFree.gather(equal, other);
      else if (distances[other] === distance - 1) loopFree.gather(loopFree, other);
    }
    return loopFree.replace(vertex);
  }
}
