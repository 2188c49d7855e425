/**
 * From shortest paths to forwarding tables: what each policy takes of them, and how tables are kept right while links come and go.
 *
 * @module
 */
import { type Address, address, type Fd } from "../../../core/contract/ids.ts";
import type { ForwardingTable } from "../../../core/contract/policies/routing.ts";
import { graphOf } from "./graph.ts";
import type { Lsdb } from "../lsdb/lsdb.ts";
import { repair } from "./repair.ts";
import { RouteTable, type Row } from "./route_table.ts";
import { type ShortestPaths, shortestPaths, UNREACHED, type Wanted } from "./shortest_paths.ts";

/** The N-1 flows to a neighbour, best first; never an empty list. */
export type FlowsTo = (neighbour: Address) => readonly Fd[];

/** What a policy makes of shortest paths. */
export interface RoutePolicy extends Wanted {
  /** Most flows of a row. */
  readonly most: number;
  /** Lists the neighbours of the source that a packet to a vertex may take, best first. */
  hops(paths: ShortestPaths, vertex: number): Iterable<number>;
}

/** Takes the flow on the one shortest path. */
export const PRIMARY: RoutePolicy = {
  equal: false,
  loopFree: false,
  most: 1,
  hops: ({ first }, vertex) => [first[vertex]],
};

/** Takes the flows to all neighbours on shortest paths, lowest address first. */
export const EQUAL: RoutePolicy = {
  equal: true,
  loopFree: false,
  most: Infinity,
  hops: ({ equal }, vertex) => equal?.members(vertex) ?? [],
};

/** Takes the flows on the shortest path, then those on other shortest paths, then those to other loop-free alternates. */
export const LOOP_FREE: RoutePolicy = {
  equal: true,
  loopFree: true,
  most: Infinity,
  hops: ({ first, equal, loopFree }, vertex) =>
    new Set([first[vertex], ...equal?.members(vertex) ?? [], ...loopFree?.members(vertex) ?? []]),
};

const NO_TABLE: ForwardingTable = new Map();

/** The routes of a member. */
export class Routes {
  #table: RouteTable | undefined;
  #paths: ShortestPaths | undefined;
  #repairs = 0;
  /** Most vertices share their row with others: each is made once. */
  readonly #rows = new Map<string, readonly Fd[]>();

  constructor(
    private readonly lsdb: Lsdb,
    private readonly own: Address,
    private readonly policy: RoutePolicy,
    private readonly flowsTo: FlowsTo,
  ) {}

  /** Returns how many of the computations were repairs of what had changed. */
  get repairs(): number {
    return this.#repairs;
  }

  /** The flows to neighbours are others than before. */
  flowsChanged(): void {
    this.#paths = undefined;
  }

  /** Computes the table: what few changes of links have left of the last one stays. */
  compute(): ForwardingTable {
    const changes = this.lsdb.changes.take();
    const vertices = changes && this.#paths && repair(this.#paths, changes);
    if (vertices && this.#table) {
      this.#repairs++;
      this.#table = this.#repaired(this.#table, vertices);
    } else this.#computeAll();
    return this.#table ?? NO_TABLE;
  }

  #repaired(table: RouteTable, vertices: readonly number[]): RouteTable {
    const paths = this.#paths;
    const changed: [number, Row][] = [];
    for (const vertex of vertices) {
      const row = paths && paths.distances[vertex] !== UNREACHED ? this.#row(paths, vertex) : undefined;
      if (!sameRow(row, table.row(vertex))) changed.push([vertex, row]);
    }
    return changed.length === 0 ? table : table.with(changed);
  }

  #computeAll(): void {
    this.#rows.clear();
    this.#table = this.#paths = undefined;
    const source = this.lsdb.vertices.find(this.own);
    if (source < 0) return;
    const { paths, order } = shortestPaths(graphOf(this.lsdb), source, this.policy);
    const { graph, parents } = paths;
    const rows: Row[] = new Array(graph.size).fill(undefined);
    for (let index = 1; index < order.length; index++) {
      const vertex = order[index];
      const parent = parents[vertex];
      rows[vertex] = parent !== source && same(paths, vertex, parent)
        ? rows[parent]
        : this.#row(paths, vertex);
    }
    this.#paths = paths;
    this.#table = new RouteTable(graph.addresses, order, rows);
  }

  #row(paths: ShortestPaths, vertex: number): readonly Fd[] {
    const key = keyOf(paths, vertex);
    const known = this.#rows.get(key);
    if (known) return known;
    const row: Fd[] = [];
    for (const hop of this.policy.hops(paths, vertex)) {
      for (const flow of this.flowsTo(address(paths.graph.addresses[hop]))) {
        if (row.length < this.policy.most) row.push(flow);
      }
    }
    if (this.#rows.size > paths.graph.size) this.#rows.clear();
    this.#rows.set(key, row);
    return row;
  }
}

/** Returns whether the same hops lead to two vertices. */
function same({ first, equal, loopFree }: ShortestPaths, one: number, other: number): boolean {
  return first[one] === first[other] && (equal?.same(one, other) ?? true) &&
    (loopFree?.same(one, other) ?? true);
}

/** Returns a text that is the same for vertices to which the same hops lead. */
function keyOf({ first, equal, loopFree }: ShortestPaths, vertex: number): string {
  return `${first[vertex]} ${equal?.key(vertex) ?? ""} ${loopFree?.key(vertex) ?? ""}`;
}

/** Returns whether two tables have the same flows in the same order: one that changes nothing is not installed. */
export function sameTable(one: ForwardingTable, other: ForwardingTable): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const destination of one.keys()) {
    if (!sameRow(one.get(destination), other.get(destination))) return false;
  }
  return true;
}

function sameRow(one: Row, other: Row): boolean {
  if (one === other) return true;
  return one?.length === other?.length && (one?.every((flow, index) => flow === other?.[index]) ?? false);
}
