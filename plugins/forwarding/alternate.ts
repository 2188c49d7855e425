/**
 * Forwarding with alternates: when the best path is down, the next one is taken at once, until routing has a new table.
 *
 * @module
 */
import type { Address, Fd } from "../../core/contract/ids.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { ALTERNATE } from "./declarations.ts";
import { PathForwarding } from "./path_forwarding.ts";

class AlternateForwarding extends PathForwarding {
  nextHop(destination: Address): Fd | undefined {
    const row = this.row(destination);
    return row < 0 || this.paths(row) === 0 ? undefined : this.path(row, 0);
  }
}

/** Takes the best path that is up. */
export const alternate: Plugin<"forwarding"> = { ...ALTERNATE, create: () => new AlternateForwarding() };
