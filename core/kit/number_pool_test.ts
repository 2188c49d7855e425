/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { NumberPool } from "./number_pool.ts";

Deno.test("property: always the lowest free id, and none beyond the limit", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 100 }),
    fc.array(fc.oneof(fc.constant("take" as const), fc.nat(99)), { maxLength: 300 }),
    (limit, steps) => {
      const pool = new NumberPool(limit);
      const free = new Set(Array.from({ length: limit }, (_, id) => id));
      for (const step of steps) {
        if (step === "take") {
          const lowest = free.size === 0 ? undefined : Math.min(...free);
          assert.equal(pool.take(), lowest);
          if (lowest !== undefined) free.delete(lowest);
        } else if (step < limit && !free.has(step)) {
          pool.release(step);
          free.add(step);
        }
      }
    },
  ));
});
