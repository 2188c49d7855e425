/**
 * Tests of what every tool behind `ouro` does: `--help` and `--version` as a process, its manual page, completion.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runMan } from "../../core/irm/ouro/man.ts";
import { runOuro } from "../../core/irm/ouro/ouro.ts";
import { FakeWorld, loadTool } from "../../core/testing/irm/world.ts";
import { TOOLS } from "../../core/tools/table.ts";
import { VERSION_LINE } from "../../core/version.ts";
import { OURO } from "../support/host.ts";
import { Process } from "../support/process.ts";

const run = (words: readonly string[], env: Record<string, string> = {}) =>
  new Process([...OURO, ...words], {
    env: { OURO_RUNTIME_DIR: "/nonexistent", NO_COLOR: "1", ...env },
  }).ended;

/** What `ouro man WORD` and `ouro __complete WORD ''` print, without a process. */
async function here(...words: readonly string[]): Promise<string> {
  const world = new FakeWorld();
  const [word, ...rest] = words;
  const context = { tool: loadTool };
  const code = word === "man" ? await runMan(rest, world, context) : await runOuro(words, world, context);
  assert.deepEqual([code, world.errors], [0, []], words.join(" "));
  return world.out.join("\n");
}

for (const { word, program } of TOOLS) {
  Deno.test(`ouro ${word} tells of itself`, async () => {
    const [help, version, page] = await Promise.all([
      run([word, "--help"]),
      // A program is called by its name.
      program ? run(["--version"], { OURO_CALLED_AS: word }) : run([word, "--version"]),
      here("man", word),
      here("__complete", word, ""),
    ]);
    assert.match(help.stdout, new RegExp(`^Usage: (ouro )?${word}`));
    assert.equal(help.stderr, "");
    assert.deepEqual([version.code, version.stdout, version.stderr], [0, `${VERSION_LINE}\n`, ""]);
    assert.match(page, new RegExp(`^\\.TH ${word.toUpperCase()} 8 `));
  });
}

Deno.test("a page comes in roff, and a shell is answered, by the program as within it", async () => {
  const words = [["man", "oping"], ["__complete", "oping", ""]];
  const [page, offered] = await Promise.all(words.map((each) => run(each)));
  assert.deepEqual([page.code, page.stderr, page.stdout], [0, "", `${await here(...words[0])}\n`]);
  assert.deepEqual([offered.code, offered.stderr, offered.stdout], [0, "", `${await here(...words[1])}\n`]);
});
