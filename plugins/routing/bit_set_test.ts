/** Tests of the set of small numbers. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BitSet } from "./bit_set.ts";

const changes = fc.array(fc.tuple(fc.boolean(), fc.nat(300)), { maxLength: 100 });

Deno.test("it holds what was added and not deleted, and gives it in order", () => {
  fc.assert(fc.property(changes, (list) => {
    const [bits, model] = [new BitSet(), new Set<number>()];
    for (const [add, value] of list) {
      if (add) bits.add(value), model.add(value);
      else bits.delete(value), model.delete(value);
    }
    const found: number[] = [];
    for (let value = bits.next(0); value >= 0; value = bits.next(value + 1)) found.push(value);
    assert.deepEqual(found, [...model].sort((a, b) => a - b));
    for (let value = 0; value < 310; value++) assert.equal(bits.has(value), model.has(value));
  }));
});
