/**
 * Compares forwarding tables, so that one that changes nothing is not installed.
 *
 * @module
 */
import type { ForwardingTable } from "../../../core/contract/routing.ts";

/** Have both the same flows in the same order for the same destinations? */
export function sameTable(one: ForwardingTable, other: ForwardingTable): boolean {
  if (one.size !== other.size) return false;
  for (const [destination, flows] of one) {
    const others = other.get(destination);
    if (!others || flows.length !== others.length) return false;
    if (flows.some((flow, index) => flow !== others[index])) return false;
  }
  return true;
}
