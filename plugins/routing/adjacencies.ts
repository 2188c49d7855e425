/**
 * The data transfer flows to each neighbour.
 *
 * @module
 */
import type { Address, Fd } from "../../core/contract/ids.ts";

const NONE: readonly Fd[] = [];

/** Flows by neighbour. */
export class Adjacencies {
  /** Newest first: it was proved to work last. Lists are replaced, not changed, as tables hold them. */
  readonly #flows = new Map<Address, readonly Fd[]>();

  /** Returns the flows to a neighbour, best first. */
  readonly flowsTo = (neighbour: Address): readonly Fd[] => this.#flows.get(neighbour) ?? NONE;

  /** Adds a flow. @returns whether it is the first to the neighbour */
  add(neighbour: Address, flow: Fd): boolean {
    const others = this.flowsTo(neighbour);
    this.#flows.set(neighbour, [flow, ...others.filter((other) => other !== flow)]);
    return others.length === 0;
  }

  /** Removes a flow. @returns how many there were to the neighbour, and how many are left */
  remove(neighbour: Address, flow: Fd): { readonly before: number; readonly left: number } {
    const flows = this.flowsTo(neighbour);
    const left = flows.filter((other) => other !== flow);
    if (left.length > 0) this.#flows.set(neighbour, left);
    else this.#flows.delete(neighbour);
    return { before: flows.length, left: left.length };
  }

  /** Returns all neighbours and the flows to them. */
  entries(): Iterable<[Address, readonly Fd[]]> {
    return this.#flows;
  }
}
