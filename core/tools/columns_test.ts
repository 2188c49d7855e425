import assert from "node:assert/strict";
import fc from "fast-check";
import { formatRows, wrap } from "./columns.ts";

Deno.test("wrapping keeps all words in order, and lines short", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(fc.property(fc.array(word), fc.integer({ min: 8, max: 40 }), (words, width) => {
    const lines = wrap(words.join(" "), width);
    assert.deepEqual(lines.join(" ").split(" ").filter((part) => part !== ""), words);
    for (const line of lines) assert(line.length <= width);
  }));
});

Deno.test("a left text that is too wide has the right text below it", () => {
  assert.deepEqual(formatRows([["a", "b"], ["long left", "c"], ["d", ""]], 2, 6), [
    "  a     b",
    "  long left",
    "        c",
    "  d",
  ]);
});
