/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedMap, BoundedSet } from "./bounded_map.ts";

Deno.test("property: the entries that were set last are kept, the oldest first", () => {
  const steps = fc.array(fc.record({ key: fc.nat(9), value: fc.nat(), remove: fc.boolean() }), {
    maxLength: 60,
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), steps, (limit, plan) => {
    const map = new BoundedMap<number, number>(limit), set = new BoundedSet<number>(limit);
    let model: (readonly [number, number])[] = [];
    for (const { key, value, remove } of plan) {
      model = model.filter(([other]) => other !== key);
      if (remove) {
        map.delete(key);
        set.delete(key);
      } else {
        model = [...model, [key, value] as const].slice(-limit);
        map.set(key, value);
        set.add(key);
      }
      assert.deepEqual([...map], model);
      assert.deepEqual([...set], model.map(([other]) => other));
    }
  }));
});
