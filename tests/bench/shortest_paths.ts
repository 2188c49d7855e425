/**
 * How long a computation of all routes takes in a layer of 1000 members and 5000 links, for each routing policy.
 *
 * @module
 */
import { fd } from "../../core/contract/ids.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { graphOf } from "../../plugins/routing/paths/graph.ts";
import { Lsdb } from "../../plugins/routing/lsdb/lsdb.ts";
import {
  equalRoutes,
  loopFreeRoutes,
  primaryRoutes,
  type Routes,
} from "../../plugins/routing/paths/routes.ts";
import { markdown, median, type Row } from "./table.ts";

const MEMBERS = 1000;
const LINKS = 5000;
const ROUNDS = 200;
const MAX_MS = 2;

/** A connected layer with random links. @returns its database and the addresses of its members */
function randomLayer(): { lsdb: Lsdb; addresses: number[] } {
  const random = new SeededRandom(1);
  const lsdb = new Lsdb(random.uint32());
  const addresses = Array.from({ length: MEMBERS }, () => random.uint32() || 1);
  const link = (one: number, other: number): boolean => {
    const [a, b] = [addresses[one], addresses[other]];
    if (a === b || lsdb.find(a, b) >= 0) return false;
    lsdb.insert(a, b, 1, 0);
    lsdb.insert(b, a, 1, 0);
    return true;
  };
  for (let member = 1; member < MEMBERS; member++) link(member, random.below(member));
  for (let links = MEMBERS - 1; links < LINKS;) {
    if (link(random.below(MEMBERS), random.below(MEMBERS))) links++;
  }
  return { lsdb, addresses };
}

/** Milliseconds of each of some computations, from the database to the finished table. */
function times(lsdb: Lsdb, addresses: readonly number[], routes: Routes): number[] {
  return Array.from({ length: ROUNDS }, (_, round) => {
    const start = performance.now();
    const table = routes(
      graphOf(lsdb),
      lsdb.vertices.find(addresses[round % MEMBERS]),
      (to) => [fd(64 + to % 100)],
    );
    const took = performance.now() - start;
    if (table.size !== MEMBERS - 1) throw new Error(`${table.size} routes were found`);
    return took;
  });
}

/** Measures the computation of routes. */
export function benchShortestPaths(): Row[] {
  const { lsdb, addresses } = randomLayer();
  const policies: [string, Routes][] = [
    ["link_state", primaryRoutes],
    ["lfa", loopFreeRoutes],
    ["ecmp", equalRoutes],
  ];
  return policies.map(([name, routes]) => {
    times(lsdb, addresses, routes); // Warm-up.
    const value = median(times(lsdb, addresses, routes));
    return {
      what: `routes of ${MEMBERS} members and ${LINKS} links, ${name}`,
      value: `${value.toFixed(2)} ms`,
      required: `≤ ${MAX_MS} ms`,
      reached: value <= MAX_MS,
    };
  });
}

if (import.meta.main) {
  const rows = benchShortestPaths();
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
