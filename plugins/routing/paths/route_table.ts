/**
 * A forwarding table whose rows are those of vertices. A new one shares with the one before it what is the same.
 *
 * @module
 */
import { type Address, address, type Fd } from "../../../core/contract/ids.ts";
import type { ForwardingTable } from "../../../core/contract/policies/routing.ts";
import { AddressIndex } from "../../../core/kit/address_index.ts";

/** The flows to a vertex; undefined: there is no way. */
export type Row = readonly Fd[] | undefined;

/** A forwarding table; it is never changed. */
export class RouteTable implements ForwardingTable {
  readonly size: number;

  /**
   * @param addresses by vertex, 0 where there is none
   * @param order vertices, all with a row among them, in the order in which they are told
   * @param rows by vertex
   */
  constructor(
    private readonly addresses: Uint32Array,
    private readonly order: Uint32Array,
    private readonly rows: readonly Row[],
    private readonly index: AddressIndex = new AddressIndex(addresses, addresses.length),
  ) {
    let size = 0;
    for (const row of rows) if (row !== undefined) size++;
    this.size = size;
  }

  /** Makes a table with other rows for some vertices. */
  with(changed: readonly (readonly [vertex: number, row: Row])[]): RouteTable {
    const rows = this.rows.slice();
    for (const [vertex, row] of changed) rows[vertex] = row;
    const fresh = changed.map(([vertex]) => vertex)
      .filter((vertex) => this.rows[vertex] === undefined && !this.order.includes(vertex));
    const order = fresh.length === 0 ? this.order : Uint32Array.of(...this.order, ...fresh);
    return new RouteTable(this.addresses, order, rows, this.index);
  }

  /** Returns the row of a vertex. */
  row(vertex: number): Row {
    return this.rows[vertex];
  }

  get(of: Address): Row {
    const vertex = this.index.find(of);
    return vertex < 0 ? undefined : this.rows[vertex];
  }

  has(of: Address): boolean {
    return this.get(of) !== undefined;
  }

  forEach(call: (row: readonly Fd[], of: Address, table: ForwardingTable) => void): void {
    for (const [of, row] of this) call(row, of, this);
  }

  *keys(): MapIterator<Address> {
    for (let place = 0; place < this.order.length; place++) {
      const vertex = this.order[place];
      if (this.rows[vertex] !== undefined) yield address(this.addresses[vertex]);
    }
  }

  *values(): MapIterator<readonly Fd[]> {
    for (let place = 0; place < this.order.length; place++) {
      const row = this.rows[this.order[place]];
      if (row !== undefined) yield row;
    }
  }

  *entries(): MapIterator<[Address, readonly Fd[]]> {
    for (const of of this.keys()) yield [of, this.get(of) ?? []];
  }

  [Symbol.iterator](): MapIterator<[Address, readonly Fd[]]> {
    return this.entries();
  }
}
