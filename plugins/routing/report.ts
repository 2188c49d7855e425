/**
 * Statistics of link-state routing.
 *
 * @module
 */
import { addressText } from "../../core/contract/ids.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { ForwardingTable } from "../../core/contract/policies/routing.ts";
import type { Adjacencies } from "./adjacencies.ts";
import type { Counters } from "./counters.ts";
import type { Lsdb } from "./lsdb/lsdb.ts";
import type { ManagementPeer } from "./flooding/flooding.ts";

/** Reports neighbours, database, counters and forwarding table. Ages are in milliseconds, flows in the order of preference. */
export function report(
  lsdb: Lsdb,
  peers: readonly ManagementPeer[],
  adjacencies: Adjacencies,
  counters: Counters,
  table: ForwardingTable,
  now: number,
): Stats {
  const database: Stats[] = [];
  for (let slot = 0; slot < lsdb.bound; slot++) {
    if (!lsdb.used(slot)) continue;
    database.push({
      source: addressText(lsdb.source(slot)),
      destination: addressText(lsdb.destination(slot)),
      sequence: lsdb.sequence(slot),
      age: lsdb.age(slot, now),
      announced: lsdb.announced(slot),
      bothWays: lsdb.twoWay(slot),
    });
  }
  return {
    neighbours: [
      ...[...adjacencies.entries()].map(([address, flows]) => ({
        type: "dt",
        address: addressText(address),
        flows: flows.join(" "),
      })),
      ...peers.map(({ flow }) => ({
        type: "mgmt",
        address: addressText(flow.neighbour),
        flows: String(flow.fd),
      })),
    ],
    database,
    counters: { ...counters, dropped: { ...counters.dropped } },
    forwarding: [...table].map(([destination, flows]) => ({
      destination: addressText(destination),
      flows: flows.join(" "),
    })),
  };
}
