import assert from "node:assert/strict";
import fc from "fast-check";
import { suggest } from "./suggest.ts";

const WORDS = ["create", "destroy", "register", "unregister", "list"];

Deno.test("a letter missing, too many, wrong or swapped is seen through", () => {
  for (
    const [word, meant] of [["crete", "create"], ["createe", "create"], ["creete", "create"], [
      "rceate",
      "create",
    ]]
  ) {
    assert.equal(suggest(word, WORDS), meant, word);
  }
  assert.equal(suggest("REGISTER", WORDS), "register");
});

Deno.test("what is far from everything is not guessed at", () => {
  for (const word of ["", "x", "xy", "frobnicate"]) assert.equal(suggest(word, WORDS), undefined, word);
});

Deno.test("any word: nothing, or one of the words", () => {
  fc.assert(fc.property(fc.string(), fc.array(fc.string()), (word, words) => {
    const found = suggest(word, words);
    assert(found === undefined || words.includes(found));
  }));
});
