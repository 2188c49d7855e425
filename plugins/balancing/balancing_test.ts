/** Tests of the order in which processes get flows. @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { Waiting } from "../../core/contract/policies/small_policies.ts";
import { roundRobin } from "./round_robin.ts";
import { spillover } from "./spillover.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = { errors, log, make: () => assert.fail("a balancer uses no other plugin") };

/** The pids that get six flows, when three processes accept and each accepts again once it has served. */
function served(plugin: Plugin<"balancing">): number[] {
  const balancer = plugin.create(host, {});
  const waiting: Waiting[] = [1, 2, 3].map((pid) => ({ pid, order: pid }));
  return Array.from({ length: 6 }, (_, index) => {
    const [chosen] = waiting.splice(balancer.choose(waiting), 1);
    waiting.push({ pid: chosen.pid, order: 4 + index });
    return chosen.pid;
  });
}

Deno.test("round-robin serves each process in turn", () => {
  assert.deepEqual(served(roundRobin), [1, 2, 3, 1, 2, 3]);
});

Deno.test("spillover serves with the process that called accept last", () => {
  assert.deepEqual(served(spillover), [3, 3, 3, 3, 3, 3]);
});
