import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../contract/errors.ts";
import { parseIrmdArguments } from "./arguments.ts";

Deno.test("nothing given: system log, no file, no plugin", () => {
  assert.deepEqual(parseIrmdArguments([]), {
    stdout: false,
    version: false,
    help: false,
    config: undefined,
    plugins: [],
  });
});

Deno.test("an unknown word and a missing value are refused by name", () => {
  assert.throws(() => parseIrmdArguments(["--loud"]), /"--loud" is unknown/);
  assert.throws(() => parseIrmdArguments(["--config"]), /--config needs/);
});

Deno.test("any words give arguments or an InvalidError", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("--stdout", "--version", "--config", "--plugin", "x"));
  fc.assert(fc.property(fc.array(word), (words) => {
    try {
      parseIrmdArguments(words);
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});
