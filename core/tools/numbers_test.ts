/**
 * Tests of lengths of time.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../contract/errors.ts";
import { parseTimeSpan } from "./numbers.ts";

Deno.test("each unit has its factor", () => {
  assert.deepEqual(["7", "7ms", "7s", "7m", "7h", "7d", "0"].map(parseTimeSpan), [
    7,
    7,
    7000,
    420_000,
    25_200_000,
    604_800_000,
    0,
  ]);
});

Deno.test("an unknown unit is named, in the words of the reference", () => {
  for (const [text, unit] of [["3w", "w"], ["1.5s", ".5s"], ["2 s", " s"], ["1toString", "toString"]]) {
    assert.throws(() => parseTimeSpan(text), {
      name: "InvalidError",
      message: `Unknown time unit: ${unit}.`,
    });
  }
});

Deno.test("any text is a time or an InvalidError", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9]{0,20}[smhd]{0,2}$/)), (text) => {
    try {
      assert(Number.isSafeInteger(parseTimeSpan(text)));
    } catch (error) {
      assert(error instanceof InvalidError, String(error));
    }
  }));
});
