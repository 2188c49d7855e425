/** What docs/plugins.md says to a third party holds: the package's parts are imported by their names, from another project. @module */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGE = await Deno.readTextFile(`${ROOT}docs/plugins.md`);

/** The block of the page that has these words in it. */
function blockWith(words: string): string {
  const found = [...PAGE.matchAll(/```\w+(?: ignore)?\n([\s\S]*?)```/g)].find(([, code]) =>
    code.includes(words)
  );
  assert(found, `docs/plugins.md has no block with ${words}`);
  return found[1];
}

/** The examples of the page: what each declares first, and its suite. */
const EXAMPLES = [
  ["fnv", "Hash"],
  ["youngest", "Balancing"],
  ["even", "Congestion"],
  ["hops", "Routing"],
] as const;

Deno.test("a third party's project proves the page's plugins as the page says, and uses the other parts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-third-party-" });
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, blockWith('{ "links"').replace("../ouro", ROOT));
    await Deno.copyFile(`${ROOT}deno.lock`, `${folder}/deno.lock`);
    const prove = blockWith("import { conformHash");
    for (const [name, kind] of EXAMPLES) {
      const plugin = blockWith(`const ${name}: Plugin`);
      await Deno.writeTextFile(`${folder}/${name}.ts`, plugin);
      const test = prove.replaceAll("conformHash", `conform${kind}`).replaceAll("fnv", name);
      await Deno.writeTextFile(`${folder}/${name}_test.ts`, test);
    }
    await Deno.writeTextFile(
      `${folder}/parts_test.ts`,
      `import { Network } from "@ouro/ouro/sim";
import { TestingIrmd } from "@ouro/ouro/testing";
if (!Network || !TestingIrmd) throw new Error();
`,
    );
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--frozen=false"],
      cwd: folder,
    });
    const { success, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(success, text);
    assert.match(text, /hash FNV1A_32: every digest has the length that it says \.\.\. .*ok/);
    assert.match(text, /routing hops: the members of a line reach each other \.\.\. .*ok/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
