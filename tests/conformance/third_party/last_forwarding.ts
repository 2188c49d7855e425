/**
 * A third party's forwarding: the last path, for tests of the longest way.
 *
 * @module
 */
import type { Address, Fd, Forwarding, ForwardingTable, Plugin } from "../../../mod.ts";

class LastForwarding implements Forwarding {
  #table: ForwardingTable = new Map();

  replace(table: ForwardingTable): void {
    this.#table = table;
  }

  nextHop(destination: Address): Fd | undefined {
    return this.#table.get(destination)?.at(-1);
  }

  flowDown(): void {}
  flowUp(): void {}
}

const last: Plugin<"forwarding"> = {
  kind: "forwarding",
  name: "last",
  apiVersion: 1,
  description: "the last path of the list",
  options: [],
  create: () => new LastForwarding(),
};

export default last;
