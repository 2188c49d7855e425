/** The types that authors of plugins get are those of the contract. @module */
import assert from "node:assert/strict";
import { commentsIn, contractComments, digestLine, TYPES } from "./plugin_types.ts";

Deno.test("the types for authors of plugins were made of the contract as it is", async () => {
  const [, made] = (await Deno.readTextFile(TYPES)).split("\n");
  assert.equal(made, await digestLine(), "the contract has changed: deno task types");
});

Deno.test("the doc comments of the types for authors stand as in the contract, line for line", async () => {
  const written = new Set([...await contractComments(), "/** The catalogue of errors. */"]);
  const others = commentsIn(await Deno.readTextFile(TYPES)).filter((comment) => !written.has(comment));
  assert.deepEqual(others, []);
});
