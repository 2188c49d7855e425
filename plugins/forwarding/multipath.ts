/**
 * Forwarding over all paths: each flow keeps to one of them, so its packets keep their order. The path is picked by hash
 * threshold (RFC 2992) of the flow's number and the destination.
 *
 * @module
 */
import type { Address, Fd } from "../../core/contract/ids.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { MULTIPATH } from "./declarations.ts";
import { PathForwarding } from "./path_forwarding.ts";

/** Number of values of a hash. */
const RANGE = 0x1_0000_0000;

/** Mixes two numbers into 32 bits, of which the upper ones count most: the finaliser of MurmurHash3 (public domain). */
function hash(flow: number, destination: number): number {
  let mixed = flow ^ Math.imul(destination, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

class MultipathForwarding extends PathForwarding {
  nextHop(destination: Address, flow: number): Fd | undefined {
    const row = this.row(destination);
    if (row < 0) return undefined;
    const count = this.paths(row);
    if (count < 2) return count === 0 ? undefined : this.path(row, 0);
    return this.path(row, Math.floor(hash(flow, destination) * count / RANGE));
  }
}

/** Spreads flows over all paths. */
export const multipath: Plugin<"forwarding"> = { ...MULTIPATH, create: () => new MultipathForwarding() };
