/** Tests of the order in which what waits goes. @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import { fifo } from "./fifo.ts";
import { Line } from "./line.ts";
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

Deno.test("a long waiting line moves up", () => {
  const line = new Line<number>();
  let added = 0, next = 0;
  for (let round = 0; round < 100; round++) {
    for (let count = 0; count < 100; count++) line.add(added++);
    for (let count = 0; count < 90; count++) assert.equal(line.next(), next++);
    assert.equal(line.length, added - next);
  }
  while (next < added) assert.equal(line.next(), next++);
  assert.equal(line.next(), undefined);
});
