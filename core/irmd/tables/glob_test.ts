/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { globMatches } from "./glob.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "*", "."), maxLength: 8 });

Deno.test("property: a pattern means what the same regular expression means", () => {
  fc.assert(fc.property(word, word, (pattern, text) => {
    const source = pattern.split("*").map((part) => part.replaceAll(".", "\\.")).join(".*");
    assert.equal(globMatches(pattern, text), new RegExp(`^${source}$`).test(text));
  }));
});

Deno.test("a long pattern of stars takes no time", () => {
  assert.equal(globMatches("*a".repeat(100) + "b", "a".repeat(250)), false);
});
