/** Tests of the ways to pick the next hop. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import fc from "fast-check";
import * as errors from "../../core/contract/errors.ts";
import { type Address, address, fd } from "../../core/contract/ids.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/policies/routing.ts";
import { AddressIndex } from "../../core/kit/address_index.ts";
import { alternate } from "./alternate.ts";
import { multipath } from "./multipath.ts";
import { simple } from "./simple.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = { errors, log, make: () => assert.fail("forwarding uses no other plugin") };
const A = address(0xfffffff1), B = address(2);

const tableOf = (rows: readonly [Address, readonly number[]][]): ForwardingTable =>
  new Map(rows.map(([to, flows]) => [to, flows.map(fd)]));

function make(plugin: Plugin<"forwarding">, rows: readonly [Address, readonly number[]][]): Forwarding {
  const forwarding = instanceOf(plugin, host, {});
  forwarding.replace(tableOf(rows));
  return forwarding;
}

Deno.test("the index finds each address, and no other one", () => {
  const wanted = fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }).map(address), { maxLength: 300 });
  fc.assert(fc.property(wanted, fc.integer({ min: 0, max: 0xffffffff }).map(address), (list, other) => {
    const index = new AddressIndex(list, list.length);
    list.forEach((one, row) => assert.equal(index.find(one), row));
    assert.equal(index.find(other), list.indexOf(other));
  }));
});

Deno.test("simple takes the best path whatever its state", () => {
  const forwarding = make(simple, [[A, [70, 71]], [B, [71]]]);
  assert.equal(forwarding.nextHop(A, 5), 70);
  forwarding.flowDown(fd(70));
  assert.equal(forwarding.nextHop(A, 5), 70);
  assert.equal(forwarding.nextHop(B, 5), 71);
});

Deno.test("alternate takes the first path that is up", () => {
  const forwarding = make(alternate, [[A, [70, 71, 72]]]);
  const after = (change: (forwarding: Forwarding) => void) => {
    change(forwarding);
    return forwarding.nextHop(A, 0);
  };
  assert.equal(after(() => {}), 70);
  assert.equal(after((one) => one.flowDown(fd(70))), 71);
  assert.equal(after((one) => one.flowDown(fd(71))), 72);
  assert.equal(after((one) => one.flowDown(fd(72))), undefined);
  assert.equal(after((one) => one.flowUp(fd(71))), 71);
  assert.equal(after((one) => one.flowUp(fd(70))), 70);
});

Deno.test("who knows other paths has one for a packet that came over the best", () => {
  for (const plugin of [alternate, multipath]) {
    const forwarding = make(plugin, [[A, [70, 71, 72]], [B, [70]]]);
    forwarding.flowDown(fd(71));
    assert.equal(forwarding.otherHop?.(A, fd(70)), 72);
    assert.equal(forwarding.otherHop?.(A, fd(72)), 70);
    assert.equal(forwarding.otherHop?.(B, fd(70)), undefined);
    assert.equal(forwarding.otherHop?.(address(9), fd(70)), undefined);
  }
  assert.equal(make(simple, [[A, [70]]]).otherHop, undefined);
});

Deno.test("a new table does not bring a path back that is down", () => {
  const forwarding = make(alternate, [[A, [70, 71]]]);
  forwarding.flowDown(fd(70));
  forwarding.flowDown(fd(70));
  forwarding.replace(tableOf([[A, [70, 71]], [B, [70]]]));
  assert.deepEqual([forwarding.nextHop(A, 0), forwarding.nextHop(B, 0)], [71, undefined]);
  forwarding.flowUp(fd(70));
  assert.deepEqual([forwarding.nextHop(A, 0), forwarding.nextHop(B, 0)], [70, 70]);
});

Deno.test("a flow that went down before the table named it is down", () => {
  const forwarding = make(alternate, [[A, [71]]]);
  forwarding.flowDown(fd(70));
  forwarding.replace(tableOf([[A, [70, 71]]]));
  assert.equal(forwarding.nextHop(A, 0), 71);
});

Deno.test("a number that the table named no more may be used again", () => {
  const forwarding = make(alternate, [[A, [70, 71]]]);
  forwarding.flowDown(fd(70));
  forwarding.replace(tableOf([[A, [71]]]));
  forwarding.replace(tableOf([[A, [70, 71]]]));
  assert.equal(forwarding.nextHop(A, 0), 70);
});

Deno.test("multipath spreads flows evenly and keeps each on its path", () => {
  const forwarding = make(multipath, [[A, [70, 71, 72]], [B, [70]]]);
  const counts = new Map<number | undefined, number>();
  for (let flow = 0; flow < 3000; flow++) {
    const hop = forwarding.nextHop(A, flow);
    assert.equal(forwarding.nextHop(A, flow), hop);
    counts.set(hop, (counts.get(hop) ?? 0) + 1);
    assert.equal(forwarding.nextHop(B, flow), 70);
  }
  assert.equal(counts.size, 3);
  for (const count of counts.values()) assert(count > 800 && count < 1200, `${[...counts]}`);
});

Deno.test("multipath spreads the destinations of one flow number too", () => {
  const destinations = Array.from({ length: 1000 }, (_, index) => address(1000 + index));
  const forwarding = make(multipath, destinations.map((to) => [to, [70, 71]]));
  const first = destinations.filter((to) => forwarding.nextHop(to, 64) === 70).length;
  assert(first > 400 && first < 600, `${first}`);
});

Deno.test("multipath leaves out what is down", () => {
  const forwarding = make(multipath, [[A, [70, 71]]]);
  forwarding.flowDown(fd(71));
  for (let flow = 0; flow < 20; flow++) assert.equal(forwarding.nextHop(A, flow), 70);
  forwarding.flowDown(fd(70));
  assert.equal(forwarding.nextHop(A, 0), undefined);
});
