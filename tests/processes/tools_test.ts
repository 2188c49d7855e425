/**
 * Tests of what every tool behind `ouro` does as a process: `--help`, `--version`, its manual page, completion.
 *
 * @module
 */
import assert from "node:assert/strict";
import { TOOLS } from "../../core/tools/table.ts";
import { VERSION_LINE } from "../../core/version.ts";
import { OURO } from "../support/host.ts";
import { Process } from "../support/process.ts";

const run = (...words: string[]) =>
  new Process([...OURO, ...words], { env: { OURO_RUNTIME_DIR: "/nonexistent", NO_COLOR: "1" } }).ended;

for (const { word, program } of TOOLS) {
  Deno.test(`ouro ${word} tells of itself`, async () => {
    const [help, version, page, offered] = await Promise.all([
      run(word, "--help"),
      run(word, "--version"),
      run("man", word),
      run("__complete", word, ""),
    ]);
    assert.match(help.stdout, new RegExp(`^Usage: (ouro )?${word}`));
    assert.equal(help.stderr, "");
    assert.deepEqual([version.code, version.stdout, version.stderr], [0, `${VERSION_LINE}\n`, ""]);
    assert.deepEqual([page.code, page.stderr], [0, ""]);
    assert.match(page.stdout, new RegExp(`^\\.TH ${word.toUpperCase()} 8 `));
    assert.deepEqual([offered.code, offered.stderr], [0, ""]);
    if (program) {
      const linked = new Process([...OURO, "--version"], { env: { OURO_CALLED_AS: word, NO_COLOR: "1" } });
      assert.equal((await linked.ended).stdout, `${VERSION_LINE}\n`);
    }
  });
}
