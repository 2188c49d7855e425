/** @module */
import assert from "node:assert/strict";
import { SeededRandom } from "./seeded_random.ts";

Deno.test("a seed gives one sequence, another seed another", () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return [random.uint32(), random.uint32(), random.below(10), ...random.bytes(4)];
  };
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

Deno.test("values stay in their range and fill it evenly", () => {
  const random = new SeededRandom(42);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) counts[random.below(10)]++;
  assert(counts.every((count) => count > 850 && count < 1150), String(counts));
  const values = Array.from({ length: 1000 }, () => random.uint32());
  assert(values.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32));
  assert(Math.max(...values) > 0xf0000000 && Math.min(...values) < 0x10000000);
});
