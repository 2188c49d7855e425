/**
 * Simple forwarding: the best path, whatever its state. It is routing that takes away paths that are gone.
 *
 * @module
 */
import { type Address, type Fd, fd } from "../../core/contract/ids.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/policies/routing.ts";
import { AddressIndex } from "../../core/kit/address_index.ts";
import { SIMPLE } from "./declarations.ts";

class SimpleForwarding implements Forwarding {
  #index = new AddressIndex([], 0);
  #best = new Int32Array(0);

  replace(table: ForwardingTable): void {
    this.#index = new AddressIndex(table.keys(), table.size);
    this.#best = new Int32Array(table.size);
    let row = 0;
    for (const [best] of table.values()) this.#best[row++] = best;
  }

  nextHop(destination: Address): Fd | undefined {
    const row = this.#index.find(destination);
    return row < 0 ? undefined : fd(this.#best[row]);
  }

  flowDown(): void {}
  flowUp(): void {}
}

/** Takes the best path. */
export const simple: Plugin<"forwarding"> = { ...SIMPLE, create: () => new SimpleForwarding() };
