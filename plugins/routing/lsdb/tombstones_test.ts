/** Tests of what is remembered of entries that have aged out. @module */
import assert from "node:assert/strict";
import { Tombstones } from "./tombstones.ts";

Deno.test("the same number is known for the time, another one is not", () => {
  const tombstones = new Tombstones(60_000);
  tombstones.add(1, 2, 7, 100_000);
  assert(tombstones.has(1, 2, 7, 159_000));
  assert(!tombstones.has(1, 2, 6, 159_000));
  assert(!tombstones.has(1, 2, 8, 159_000));
  assert(!tombstones.has(2, 1, 7, 159_000));
  assert(!tombstones.has(1, 2, 7, 300_000));
});

Deno.test("it does not grow without bound", () => {
  const tombstones = new Tombstones(60_000);
  for (let source = 1; source < 10_000; source++) tombstones.add(source, 1, 0, 0);
  assert(tombstones.has(1, 1, 0, 1));
  assert(!tombstones.has(9999, 1, 0, 1));
});
