/**
 * Forwarding that spreads flows: each takes one of the routes of the table, by its number, and the next one that is up when its own
 * is down.
 *
 * @module
 */
import type { Address, Fd, Forwarding, ForwardingTable, Plugin } from "../../../contract/author_types.ts";

class Spread implements Forwarding {
  #table: ForwardingTable = new Map();
  readonly #down = new Set<Fd>();

  replace(table: ForwardingTable): void {
    this.#table = table;
  }

  /** Called for each packet: it makes nothing. */
  nextHop(destination: Address, flow: number): Fd | undefined {
    const hops = this.#table.get(destination);
    if (hops === undefined) return undefined;
    for (let tried = 0; tried < hops.length; tried++) {
      const hop = hops[(flow + tried) % hops.length];
      if (!this.#down.has(hop)) return hop;
    }
    return undefined;
  }

  flowDown(fd: Fd): void {
    this.#down.add(fd);
  }

  flowUp(fd: Fd): void {
    this.#down.delete(fd);
  }
}

const plugin: Plugin<"forwarding"> = {
  kind: "forwarding",
  name: "spread",
  apiVersion: 1,
  version: "1.0.0",
  description: "flows are spread over all routes",
  options: [],
  create: () => new Spread(),
};

export default plugin;
