/** Tests of the order in which what waits goes. @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { QosCube } from "../../core/contract/qos.ts";
import { fifo } from "./fifo.ts";
import { Line } from "../../core/kit/queues/line.ts";
import { priority } from "./priority.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = { errors, log, make: () => assert.fail("it uses no other plugin") };

function order(plugin: Plugin<"scheduling">): string {
  const queue = plugin.create(host, {}).queue<string>();
  for (const [item, cube] of [["a", 0], ["b", 1], ["c", 2], ["d", 0], ["e", 2]] as const) {
    queue.add(item, cube);
  }
  return Array.from({ length: 5 }, () => queue.next()).join("");
}

Deno.test("fifo keeps the order", () => assert.equal(order(fifo), "abcde"));

Deno.test("priority lets higher cubes go first", () => assert.equal(order(priority), "cebad"));

/** Bytes of each cube that go first of a queue that is full of packets of these sizes. */
function shares(sizes: readonly [best: number, video: number, voice: number], bytes: number): number[] {
  const queue = priority.create(host, {}).queue<QosCube>();
  const CUBES = [0, 1, 2] as const;
  for (const cube of CUBES) {
    if (sizes[cube] === 0) continue;
    for (let added = 0; added < bytes; added += sizes[cube]) queue.add(cube, cube, sizes[cube]);
  }
  const went = [0, 0, 0];
  for (let gone = 0; gone < bytes;) {
    const cube = queue.next();
    assert(cube !== undefined);
    went[cube] += sizes[cube];
    gone += sizes[cube];
  }
  return went.map((part) => Math.round(100 * part / bytes));
}

Deno.test("whatever the sizes of packets, voice leaves best effort a tenth and video a fifth of the rest", () => {
  assert.deepEqual(shares([1400, 0, 200], 1e6), [10, 0, 90]);
  assert.deepEqual(shares([100, 0, 1400], 1e6), [10, 0, 90]);
  assert.deepEqual(shares([1400, 1000, 0], 1e6), [10, 90, 0]);
  assert.deepEqual(shares([0, 1400, 200], 1e6), [0, 20, 80]);
  assert.deepEqual(shares([1400, 1400, 200], 1e6), [10, 18, 72]);
  assert.deepEqual(shares([64, 200, 1400], 1e6), [10, 18, 72]);
});

Deno.test("who did not wait is owed nothing", () => {
  const queue = priority.create(host, {}).queue<string>();
  for (let count = 0; count < 100; count++) queue.add("voice", 2, 1000);
  queue.add("best", 0, 100);
  assert.equal(queue.next(), "voice");
  assert.equal(queue.next(), "best");
  for (let count = 0; count < 50; count++) assert.equal(queue.next(), "voice");
  queue.add("best", 0, 100);
  assert.equal(queue.next(), "voice");
});

Deno.test("a long waiting line moves up", () => {
  const line = new Line<number>();
  let added = 0, next = 0;
  for (let round = 0; round < 100; round++) {
    for (let count = 0; count < 100; count++) line.add(added++, 0);
    for (let count = 0; count < 90; count++) assert.equal(line.next(), next++);
    assert.equal(line.length, added - next);
  }
  while (next < added) assert.equal(line.next(), next++);
  assert.equal(line.next(), undefined);
});
