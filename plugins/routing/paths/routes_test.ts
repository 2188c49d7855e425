/** Tests of shortest paths and routes against all-pairs distances. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, address, type Fd, fd } from "../../../core/contract/ids.ts";
import type { ForwardingTable } from "../../../core/contract/policies/routing.ts";
import { Lsdb } from "../lsdb/lsdb.ts";
import { EQUAL, LOOP_FREE, PRIMARY, type RoutePolicy, Routes } from "./routes.ts";

/** A layer: addresses, and what is announced, from and to places in them. */
interface Layer {
  readonly addresses: readonly number[];
  readonly announced: readonly (readonly [number, number])[];
}

const layers: fc.Arbitrary<Layer> = fc
  .uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 2, maxLength: 12 })
  .chain((addresses) => {
    const place = fc.nat(addresses.length - 1);
    const links = fc.array(fc.tuple(place, place, fc.integer({ min: 0, max: 9 })), { maxLength: 40 });
    return links.map((list) => ({
      addresses,
      // One link in ten is announced by one end only.
      announced: list.filter(([a, b]) => a !== b)
        .flatMap(([a, b, chance]) => chance === 0 ? [[a, b]] as const : [[a, b], [b, a]] as const),
    }));
  });

/** Two flows to each neighbour, newest first, that tell who it is. */
const flowsTo = (neighbour: Address): readonly Fd[] => [fd(neighbour * 2 + 1), fd(neighbour * 2)];
const neighbourOf = (flow: Fd): number => Math.floor(flow / 2);

function tableOf(layer: Layer, policy: RoutePolicy, seed: number): ForwardingTable {
  const lsdb = new Lsdb(seed);
  for (const [from, to] of layer.announced) {
    const [a, b] = [layer.addresses[from], layer.addresses[to]];
    if (lsdb.find(a, b) < 0) lsdb.insert(a, b, 0, 0);
  }
  return new Routes(lsdb, address(layer.addresses[0]), policy, flowsTo).compute();
}

/** Distances between all members (Floyd and Warshall). */
function distances({ addresses, announced }: Layer): (one: number, other: number) => number {
  const key = (one: number, other: number) => `${one} ${other}`;
  const both = new Set(announced.map(([a, b]) => key(addresses[a], addresses[b])));
  const found = new Map<string, number>();
  const get = (one: number, other: number) => one === other ? 0 : found.get(key(one, other)) ?? Infinity;
  for (const one of addresses) {
    for (const other of addresses) {
      if (both.has(key(one, other)) && both.has(key(other, one))) found.set(key(one, other), 1);
    }
  }
  for (const via of addresses) {
    for (const one of addresses) {
      for (const other of addresses) {
        const way = get(one, via) + get(via, other);
        if (way < get(one, other)) found.set(key(one, other), way);
      }
    }
  }
  return get;
}

/** Checks each destination's neighbours, in the order of its flows, against what `wanted` gives. */
function checkAll(
  policy: RoutePolicy,
  wanted: (layer: Layer, to: number, distance: (one: number, other: number) => number) => readonly number[],
  flows: number,
): void {
  fc.assert(fc.property(layers, fc.integer(), (layer, seed) => {
    const table = tableOf(layer, policy, seed);
    const distance = distances(layer);
    const [own, ...others] = layer.addresses;
    for (const to of others) {
      const list = table.get(address(to));
      if (distance(own, to) === Infinity) assert.equal(list, undefined);
      else {
        const neighbours = wanted(layer, to, distance);
        assert.deepEqual(
          list,
          neighbours.flatMap((neighbour) => flowsTo(address(neighbour)).slice(0, flows)),
          `to ${to}: ${list?.map(neighbourOf)} instead of ${neighbours}`,
        );
      }
    }
    assert(!table.has(address(own)));
  }));
}

/** The neighbour on the path that is found from the end: each time the lowest address that is one link nearer. */
function primary({ addresses }: Layer, to: number, distance: (one: number, other: number) => number): number {
  const [own] = addresses;
  let at = to;
  while (distance(own, at) > 1) {
    at = Math.min(
      ...addresses.filter((one) => distance(one, at) === 1 && distance(own, one) === distance(own, at) - 1),
    );
  }
  return at;
}

const onShortestPaths: Parameters<typeof checkAll>[1] = ({ addresses }, to, distance) =>
  addresses.filter((one) =>
    distance(addresses[0], one) === 1 && distance(one, to) + 1 === distance(addresses[0], to)
  ).sort((a, b) => a - b);

Deno.test("the primary path is a shortest one, through the lowest addresses", () => {
  checkAll(PRIMARY, (layer, to, distance) => [primary(layer, to, distance)], 1);
});

Deno.test("equal paths are all neighbours that are one link nearer", () => {
  checkAll(EQUAL, onShortestPaths, 2);
});

Deno.test("alternates are the neighbours of RFC 5286, inequality 1, best first", () => {
  checkAll(LOOP_FREE, (layer, to, distance) => {
    const [own] = layer.addresses;
    const alternates = layer.addresses.filter((one) =>
      distance(own, one) === 1 && distance(one, to) < distance(one, own) + distance(own, to)
    ).sort((a, b) => a - b);
    return [
      ...new Set([primary(layer, to, distance), ...onShortestPaths(layer, to, distance), ...alternates]),
    ];
  }, 2);
});

Deno.test("a member with many neighbours reaches what is behind each, and what is behind several", () => {
  const count = 100;
  const addresses = Array.from({ length: 2 * count + 1 }, (_, index) => index + 1);
  const links: (readonly [number, number])[] = [];
  for (let hub = 1; hub <= count; hub++) {
    links.push([0, hub], [hub, hub + count], [hub, (hub % count) + 1 + count]);
  }
  const layer = { addresses, announced: links.flatMap(([a, b]) => [[a, b], [b, a]] as const) };
  const table = tableOf(layer, EQUAL, 3);
  assert.equal(table.size, 2 * count);
  assert.deepEqual(table.get(address(2 * count + 1))?.map(neighbourOf), [count, count, count + 1, count + 1]);
});

/** What happens to a layer, step after step: an entry is announced, withdrawn, or forgotten. */
const steps = fc.array(
  fc.record(
    {
      from: fc.nat(11),
      to: fc.nat(11),
      what: fc.constantFrom("announce", "announce", "announce", "withdraw", "withdraw", "forget"),
      /** Both ends do it. */
      both: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
      compute: fc.integer({ min: 0, max: 2 }).map((chance) => chance > 0),
    } as const,
  ),
  { minLength: 100, maxLength: 200 },
);

for (const [name, policy] of Object.entries({ PRIMARY, EQUAL, LOOP_FREE })) {
  Deno.test(`property: after any changes, the table of ${name} is that of a full calculation`, () => {
    let repairs = 0;
    fc.assert(
      fc.property(steps, fc.integer(), (list, seed) => {
        const lsdb = new Lsdb(seed);
        const own = address(7);
        const routes = new Routes(lsdb, own, policy, flowsTo);
        const apply = (from: number, to: number, what: string) => {
          const slot = lsdb.find(from, to);
          if (what === "forget") {
            if (slot >= 0) lsdb.remove(slot);
          } else {
            const sequence = what === "announce" ? 2 ** 52 : 2 ** 52 + 1;
            if (slot < 0) lsdb.insert(from, to, sequence, 0);
            else lsdb.refresh(slot, sequence, 0);
          }
        };
        let before: ForwardingTable | undefined;
        for (const { from, to, what, both, compute } of list) {
          if (from === to) continue;
          apply(from + 1, to + 1, what);
          if (both) apply(to + 1, from + 1, what);
          if (!compute) continue;
          const kept = before && new Map(before);
          const table = routes.compute();
          assert.deepEqual(
            new Map([...table].sort()),
            new Map([...new Routes(lsdb, own, policy, flowsTo).compute()].sort()),
          );
          assert.equal(table.size, [...table].length);
          for (const [to, row] of table) assert.deepEqual([table.has(to), table.get(to)], [true, row]);
          if (before) assert.deepEqual(new Map(before), kept, "a table was changed");
          before = table;
        }
        repairs += routes.repairs;
      }),
      { numRuns: 30 },
    );
    assert(repairs > 500, `only ${repairs} tables were repaired`);
  });
}
