/** Tests of shortest paths and routes against all-pairs distances. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, address, type Fd, fd } from "../../../core/contract/ids.ts";
import type { ForwardingTable } from "../../../core/contract/policies/routing.ts";
import { graphOf } from "./graph.ts";
import { Lsdb } from "../lsdb/lsdb.ts";
import { equalRoutes, loopFreeRoutes, primaryRoutes, type Routes } from "./routes.ts";

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

function tableOf(layer: Layer, routes: Routes, seed: number): ForwardingTable {
  const lsdb = new Lsdb(seed);
  for (const [from, to] of layer.announced) {
    const [a, b] = [layer.addresses[from], layer.addresses[to]];
    if (lsdb.find(a, b) < 0) lsdb.insert(a, b, 0, 0);
  }
  const own = lsdb.vertices.find(layer.addresses[0]);
  return own < 0 ? new Map() : routes(graphOf(lsdb), own, flowsTo);
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
  routes: Routes,
  wanted: (layer: Layer, to: number, distance: (one: number, other: number) => number) => readonly number[],
  flows: number,
): void {
  fc.assert(fc.property(layers, fc.integer(), (layer, seed) => {
    const table = tableOf(layer, routes, seed);
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
  checkAll(primaryRoutes, (layer, to, distance) => [primary(layer, to, distance)], 1);
});

Deno.test("equal paths are all neighbours that are one link nearer", () => {
  checkAll(equalRoutes, onShortestPaths, 2);
});

Deno.test("alternates are the neighbours of RFC 5286, inequality 1, best first", () => {
  checkAll(loopFreeRoutes, (layer, to, distance) => {
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
  const table = tableOf(layer, equalRoutes, 3);
  assert.equal(table.size, 2 * count);
  assert.deepEqual(table.get(address(2 * count + 1))?.map(neighbourOf), [count, count, count + 1, count + 1]);
});
