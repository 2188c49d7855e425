/**
 * A forwarding table in which paths can be down: each row keeps all its N-1 flows, those that are up in front.
 *
 * @module
 */
import { type Address, type Fd, fd } from "../../core/contract/ids.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/policies/routing.ts";
import { AddressIndex } from "../../core/kit/address_index.ts";

/** Forwarding by the paths that are up, best first. */
export abstract class PathForwarding implements Forwarding {
  #table: ForwardingTable = new Map();
  #index = new AddressIndex([], 0);
  /** Where the paths of a row begin in {@link #flows}. */
  #starts = new Uint32Array(0);
  /** How many paths of a row are up. */
  #counts = new Uint32Array(0);
  /** For each row, the flows that are up, best first. */
  #flows = new Int32Array(0);
  /** N-1 flows that do not carry packets. */
  readonly #down = new Set<Fd>();

  /** Replaces the table. What is down stays down, unless the new table does not name it: its number may be used again. */
  replace(table: ForwardingTable): void {
    this.#table = table;
    this.#index = new AddressIndex(table.keys(), table.size);
    this.#starts = new Uint32Array(table.size);
    this.#counts = new Uint32Array(table.size);
    let row = 0, end = 0;
    for (const flows of table.values()) {
      this.#starts[row++] = end;
      end += flows.length;
    }
    this.#flows = new Int32Array(end);
    if (this.#down.size > 0) this.#forget();
    this.#fill();
  }

  /** Notes that an N-1 flow does not carry packets. */
  flowDown(flow: Fd): void {
    if (this.#down.has(flow)) return;
    this.#down.add(flow);
    this.#fill();
  }

  /** Notes that an N-1 flow carries packets again. */
  flowUp(flow: Fd): void {
    if (this.#down.delete(flow)) this.#fill();
  }

  /** Takes the best path but for the one that the packet came over. */
  otherHop(destination: Address, cameOver: Fd): Fd | undefined {
    const row = this.row(destination);
    for (let which = 0; row >= 0 && which < this.paths(row); which++) {
      const path = this.path(row, which);
      if (path !== cameOver) return path;
    }
    return undefined;
  }

  abstract nextHop(destination: Address, flow: number): Fd | undefined;

  /** Returns the row of a destination; −1 when there is none. */
  protected row(destination: Address): number {
    return this.#index.find(destination);
  }

  /** Counts the paths of a row that are up. */
  protected paths(row: number): number {
    return this.#counts[row];
  }

  /** Returns a path of a row; 0 is the best, `which` is below {@link paths}. */
  protected path(row: number, which: number): Fd {
    return fd(this.#flows[this.#starts[row] + which]);
  }

  #fill(): void {
    let row = 0;
    for (const flows of this.#table.values()) {
      const start = this.#starts[row];
      let count = 0;
      for (const flow of flows) {
        if (!this.#down.has(flow)) this.#flows[start + count++] = flow;
      }
      this.#counts[row++] = count;
    }
  }

  #names(flow: Fd): boolean {
    for (const flows of this.#table.values()) if (flows.includes(flow)) return true;
    return false;
  }

  #forget(): void {
    for (const flow of this.#down) if (!this.#names(flow)) this.#down.delete(flow);
  }
}
