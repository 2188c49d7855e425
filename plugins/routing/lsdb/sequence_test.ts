/** Tests of sequence numbers. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { announcing, first, isForged, withdrawing, withdraws } from "./sequence.ts";

const NOW = 1_790_000_000_000;
const numbers = fc.maxSafeNat().filter((number) => !isForged(number, 0));

Deno.test("numbers rise, and say whether they withdraw", () => {
  fc.assert(fc.property(numbers, (above) => {
    for (const [next, withdrawal] of [[announcing(above), false], [withdrawing(above), true]] as const) {
      assert(Number.isSafeInteger(next) && next > above);
      assert.equal(withdraws(next), withdrawal);
    }
  }));
});

Deno.test("a new life begins above all numbers of the one before", () => {
  let last = first(-1, NOW);
  for (let refresh = 0; refresh < 1000; refresh++) last = announcing(withdrawing(last));
  assert(first(-1, NOW + 10_000) > last);
  assert(first(last, NOW) > last, "also when the clock went back within a life");
});

Deno.test("numbers that are counted from 0, or taken from a clock, do not withdraw", () => {
  for (const sequence of [0, 1, 7, 2 ** 40 + 1, NOW + 1, NOW * 1000 + 1]) assert(!withdraws(sequence));
});
