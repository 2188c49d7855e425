/**
 * How long a computation of all routes takes in a layer of 1000 members and 5000 links, for each routing policy; and how long it takes,
 * beside that, to repair them after one link of 3000 has come or gone.
 *
 * @module
 */
import { address, fd } from "../../core/contract/ids.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { Lsdb } from "../../plugins/routing/lsdb/lsdb.ts";
import { announcing, withdrawing } from "../../plugins/routing/lsdb/sequence.ts";
import { EQUAL, LOOP_FREE, PRIMARY, type RoutePolicy, Routes } from "../../plugins/routing/paths/routes.ts";
import { markdown, median, type Row } from "./table.ts";

const MEMBERS = 1000;
const LINKS = 5000;
const ROUNDS = 200;
const MAX_MS = 2;
/** Links of the layer of which one comes or goes, how often one does, and the part of a full computation that it may cost. */
const CHANGING_LINKS = 3000;
const CHANGES = 4000;
const BATCH = 40;
const MAX_PART = 0.1;

const POLICIES: readonly (readonly [string, RoutePolicy])[] = [
  ["link_state", PRIMARY],
  ["lfa", LOOP_FREE],
  ["ecmp", EQUAL],
];

interface RandomLayer {
  readonly lsdb: Lsdb;
  /** Addresses of members. */
  readonly addresses: readonly number[];
  /** Addresses of their ends. */
  readonly links: readonly (readonly [number, number])[];
}

/** A connected layer with random links. */
function randomLayer(count: number): RandomLayer {
  const random = new SeededRandom(1);
  const lsdb = new Lsdb(random.uint32());
  const addresses = Array.from({ length: MEMBERS }, () => random.uint32() || 1);
  const links: [number, number][] = [];
  const link = (one: number, other: number): void => {
    const [a, b] = [addresses[one], addresses[other]];
    if (a === b || lsdb.find(a, b) >= 0) return;
    lsdb.insert(a, b, 1, 0);
    lsdb.insert(b, a, 1, 0);
    links.push([a, b]);
  };
  for (let member = 1; member < MEMBERS; member++) link(member, random.below(member));
  while (links.length < count) link(random.below(MEMBERS), random.below(MEMBERS));
  return { lsdb, addresses, links };
}

const routesOf = ({ lsdb, addresses }: RandomLayer, member: number, policy: RoutePolicy): Routes =>
  new Routes(lsdb, address(addresses[member]), policy, (to) => [fd(64 + to % 100)]);

/** Milliseconds of each of some computations, from the database to the finished table. */
function times(layer: RandomLayer, policy: RoutePolicy): number[] {
  return Array.from({ length: ROUNDS }, (_, round) => {
    const start = performance.now();
    const table = routesOf(layer, round % MEMBERS, policy).compute();
    const took = performance.now() - start;
    if (table.size !== MEMBERS - 1) throw new Error(`${table.size} routes were found`);
    return took;
  });
}

/** Milliseconds of a computation after one link has gone or come back: the mean of some, and of such means the median. */
function changeTime(layer: RandomLayer, policy: RoutePolicy): number {
  const { lsdb, links } = layer;
  const random = new SeededRandom(2);
  const means = Array.from({ length: CHANGES / BATCH }, () => {
    const routes = routesOf(layer, random.below(MEMBERS), policy);
    routes.compute();
    let took = 0;
    for (let turn = 0; turn < BATCH; turn += 2) {
      const [a, b] = links[random.below(links.length)];
      for (const next of [withdrawing, announcing]) {
        for (const slot of [lsdb.find(a, b), lsdb.find(b, a)]) {
          lsdb.refresh(slot, next(lsdb.sequence(slot)), 0);
        }
        const start = performance.now();
        routes.compute();
        took += performance.now() - start;
      }
    }
    return took / BATCH;
  });
  return median(means);
}

/** Measures the computation of routes. */
export function benchShortestPaths(): Row[] {
  const layer = randomLayer(LINKS);
  const full = POLICIES.map(([name, policy]): Row => {
    times(layer, policy); // Warm-up.
    const value = median(times(layer, policy));
    return {
      what: `routes of ${MEMBERS} members and ${LINKS} links, ${name}`,
      value: `${value.toFixed(2)} ms`,
      required: `≤ ${MAX_MS} ms`,
      reached: value <= MAX_MS,
    };
  });
  const changing = randomLayer(CHANGING_LINKS);
  const changes = POLICIES.map(([name, policy]): Row => {
    times(changing, policy); // Warm-up.
    changeTime(changing, policy);
    const value = changeTime(changing, policy);
    const ratio = value / median(times(changing, policy));
    return {
      what: `a link of ${MEMBERS} members and ${CHANGING_LINKS} links comes or goes, ${name}`,
      value: `${(1000 * value).toFixed(1)} µs`,
      floor: `all anew: ${(value / ratio * 1000).toFixed(0)} µs`,
      ratio,
      required: `≤ ${MAX_PART} of all anew`,
      reached: ratio <= MAX_PART,
    };
  });
  return [...full, ...changes];
}

if (import.meta.main) {
  const rows = benchShortestPaths();
  console.log(markdown(rows));
  Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
}
