/** Tests that statistics fit into a message. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Stats } from "../../contract/stats.ts";
import { fitStats, partOf } from "./fit_stats.ts";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

Deno.test("whatever an IPCP tells fits, and what fits is not changed", () => {
  const word = fc.stringMatching(/^[a-z ]{1,20}$/);
  const leaf = fc.oneof(fc.integer(), fc.string({ unit: "grapheme", maxLength: 50 }));
  const element = fc.dictionary(word, leaf, { maxKeys: 8 });
  const list = fc.tuple(element, fc.nat(3000)).map(([one, count]) => Array<Stats>(count).fill(one));
  const stats: fc.Arbitrary<Stats> = fc.dictionary(word, fc.oneof(leaf, element, list), {
    maxKeys: 5,
  });
  fc.assert(
    fc.property(stats, (whole) => {
      const told = fitStats(whole);
      assert(bytes(told) <= 64_000);
      if (bytes(whole) <= 64_000) assert.equal(JSON.stringify(told), JSON.stringify(whole));
    }),
    { numRuns: 40 },
  );
});

Deno.test("objects with many members and nested lists are cut too", () => {
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`member ${at}`, at]));
  const deep = { layers: Array.from({ length: 20 }, () => ({ flows: [wide, wide] })) };
  assert(bytes(fitStats({ wide, deep, name: "x" })) <= 64_000);
  assert.equal(fitStats({ name: "x", wide }).name, "x");
});

Deno.test("a part of statistics is found by its path, which may begin in what the type tells", () => {
  const stats = { ipcp: { name: "x" }, t: { "data transfer": { flows: [{ fd: 65 }, { fd: 66 }] } } };
  assert.equal(partOf(stats, ""), stats);
  assert.equal(partOf(stats, "ipcp/name", "t"), "x");
  assert.equal(partOf(stats, "/data transfer/flows/1/fd/", "t"), 66);
  assert.throws(
    () => partOf(stats, "x"),
    /^InvalidError: there is no "x" in the statistics; there is: ipcp, t$/,
  );
  assert.throws(() => partOf(stats, "x", "t"), /no "x" in "t"; there is: data transfer$/);
  assert.throws(() => partOf(stats, "ipcp/name/x"), /no "x" in "ipcp\/name"; there is: nothing below it$/);
  assert.throws(() => partOf(stats, "toString"), /no "toString"/);
});
