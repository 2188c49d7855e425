/**
 * What a simulated layer stands on: nodes that offer flows to those they are joined to, over links or over other layers.
 *
 * @module
 */
import type { Lower } from "../contract/ipcp.ts";
import type { FdTable } from "../kit/number_pool.ts";
import type { Topology } from "./experiment/topology.ts";
import type { Scheduler } from "./scheduler.ts";

/** A node, as the IPCP on it has it. */
export interface GroundNode {
  /** Its number. */
  readonly index: number;
  /** Milliseconds by which its wall clock is ahead. */
  readonly clockShift: number;
  /** The numbers of the flows of its IPCP. */
  readonly fds: FdTable;
  /** What the IPCP gets as its layers below. */
  readonly lower: Lower;
  /** The IPCP accepts flows to these names from now on; `done` is called when that is known below. */
  announce(names: readonly string[], done: () => void): void;
  /**
   * The IPCP is gone, its flows with it, and what it was bound to.
   *
   * @param notice the other ends are told
   */
  reset(notice: boolean): void;
}

/** Nodes for the members of a layer. */
export interface Ground {
  /** Virtual time. */
  readonly scheduler: Scheduler;
  /** Who is joined to whom. */
  readonly topology: Topology;
  /** In the order of the topology. */
  readonly nodes: readonly GroundNode[];
}
