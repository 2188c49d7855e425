/**
 * The members of the layer that the link-state database knows.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import { BitSet } from "../bit_set.ts";
import type { Lsdb } from "./lsdb.ts";

/** All addresses at either end of an adjacency that is announced, the own one left out. */
export function membersOf(lsdb: Lsdb, own: Address): Address[] {
  const vertices = new BitSet();
  for (let slot = 0; slot < lsdb.bound; slot++) {
    if (!lsdb.announced(slot)) continue;
    vertices.add(lsdb.sourceVertex(slot));
    vertices.add(lsdb.destinationVertex(slot));
  }
  const members: Address[] = [];
  for (let vertex = vertices.next(0); vertex >= 0; vertex = vertices.next(vertex + 1)) {
    const member = lsdb.vertices.address(vertex);
    if (member !== own) members.push(member);
  }
  return members;
}
