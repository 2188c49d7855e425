/**
 * Forwarding with alternates: when the best path is down, the next one is taken at once, until routing has a new table.
 *
 * @module
 */
import type { Address, Fd } from "../../core/contract/ids.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/policies/routing.ts";
import { ALTERNATE } from "./declarations.ts";
import { PathTable } from "./path_table.ts";

class AlternateForwarding implements Forwarding {
  readonly #paths = new PathTable();

  replace(table: ForwardingTable): void {
    this.#paths.replace(table);
  }

  nextHop(destination: Address): Fd | undefined {
    const row = this.#paths.row(destination);
    return row < 0 || this.#paths.paths(row) === 0 ? undefined : this.#paths.path(row, 0);
  }

  flowDown(flow: Fd): void {
    this.#paths.flowDown(flow);
  }

  flowUp(flow: Fd): void {
    this.#paths.flowUp(flow);
  }
}

/** Takes the best path that is up. */
export const alternate: Plugin<"forwarding"> = { ...ALTERNATE, create: () => new AlternateForwarding() };
