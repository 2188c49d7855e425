/**
 * The conformance suite of scheduling policies.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plugin } from "../contract/plugin.ts";
import type { Scheduling } from "../contract/policies/small_policies.ts";
import type { QosCube } from "../contract/qos.ts";
import { fc } from "./property.ts";
import { type Check, declarationChecks, instanceOf, type Needs, registerChecks } from "./suite.ts";

/** A cube: something is added; undefined: the next one is taken out. */
const steps = fc.array(fc.constantFrom<QosCube | undefined>(0, 1, 2, 0, 1, 2, undefined), {
  maxLength: 200,
  size: "max",
});

/** Registers tests that prove a plugin of kind `scheduling`. */
export function conformScheduling(plugin: Plugin<"scheduling">, needs?: Needs): void {
  registerChecks(plugin, schedulingChecks(plugin, needs));
}

/** What a plugin of kind `scheduling` must do. */
export function schedulingChecks(plugin: Plugin<"scheduling">, needs: Needs = {}): Check[] {
  const make = (): Scheduling => instanceOf(plugin, needs);
  return [
    ...declarationChecks(plugin, needs.options),
    {
      name: "what was added comes out once, and each cube keeps its order",
      run: () => {
        const scheduling = make();
        fc.assert(fc.property(steps, (list) => {
          const queue = scheduling.queue<{ cube: QosCube; order: number }>();
          const waiting: number[][] = [[], [], []];
          const take = () => {
            const item = queue.next();
            if (item === undefined) assert.equal(waiting.flat().length, 0, "something waits");
            else assert.equal(item.order, waiting[item.cube].shift());
          };
          list.forEach((cube, order) => {
            if (cube === undefined) return take();
            waiting[cube].push(order);
            queue.add({ cube, order }, cube);
            assert.equal(queue.length, waiting.flat().length);
          });
          while (queue.length > 0) take();
          assert.equal(waiting.flat().length, 0);
          assert.equal(queue.next(), undefined);
        }));
      },
    },
    {
      name: "queues do not share what waits",
      run: () => {
        const scheduling = make();
        const [one, other] = [scheduling.queue<string>(), scheduling.queue<string>()];
        one.add("a", 0);
        assert.deepEqual([other.length, other.next(), one.next()], [0, undefined, "a"]);
      },
    },
  ];
}
