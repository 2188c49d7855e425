/**
 * The conformance suite of balancing policies.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plugin } from "../contract/plugin.ts";
import type { Balancer, Waiting } from "../contract/policies/small_policies.ts";
import { fc } from "./property.ts";
import { type Check, declarationChecks, instanceOf, type Needs, registerChecks } from "./suite.ts";

/** Registers tests that prove a plugin of kind `balancing`. */
export function conformBalancing(plugin: Plugin<"balancing">, needs?: Needs): void {
  registerChecks(plugin, balancingChecks(plugin, needs));
}

/** What a plugin of kind `balancing` must do. */
export function balancingChecks(plugin: Plugin<"balancing">, needs: Needs = {}): Check[] {
  const make = (): Balancer => instanceOf(plugin, needs);
  return [
    ...declarationChecks(plugin, needs.options),
    {
      name: "it picks one of those that wait, and changes nothing",
      run: () => {
        const balancer = make();
        fc.assert(fc.property(waiting, (list) => {
          const before = structuredClone(list);
          const index = balancer.choose(list);
          assert(Number.isInteger(index) && index >= 0 && index < list.length, `it picked ${index}`);
          assert.deepEqual(list, before);
        }));
      },
    },
    {
      name: "the only one that waits is picked, again and again",
      run: () => {
        const balancer = make();
        for (let order = 0; order < 10; order++) assert.equal(balancer.choose([{ order, pid: 1 }]), 0);
      },
    },
    {
      name: "two names with the same history pick the same",
      run: () => {
        fc.assert(fc.property(fc.array(waiting, { maxLength: 10 }), (history) => {
          const [one, other] = [make(), make()];
          for (const list of history) assert.equal(one.choose(list), other.choose(list));
        }));
      },
    },
  ];
}

/** Processes in the order in which they called accept; one may wait several times. */
const waiting: fc.Arbitrary<Waiting[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 })
  .map((orders) => orders.sort((a, b) => a - b).map((order) => ({ order, pid: 1 + order % 7 })));
