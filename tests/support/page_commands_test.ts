/** @module */
import assert from "node:assert/strict";
import { readBlocks } from "./page_commands.ts";

const PAGE = `# A page

Text.

    $ one two &
    said
    …
    b# three

    $ four

<!-- not run: it takes a machine -->

    $ five
`;

Deno.test("a block has commands, each with its host, and lines that have to come, or is not run", () => {
  const [first, second] = readBlocks(PAGE);
  assert.deepEqual(first, {
    commands: [
      { host: "", words: "one two &" },
      { host: "b", words: "three" },
      { host: "", words: "four" },
    ],
    output: ["said"],
    notRun: undefined,
  });
  assert.deepEqual(second, {
    commands: [{ host: "", words: "five" }],
    output: [],
    notRun: "it takes a machine",
  });
});
