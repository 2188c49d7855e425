/**
 * What docs/plugins.md and the pages of docs/plugins/ say to a third party holds: plugins are what `ouro plugin new` writes, and the
 * package's parts are imported by their names, from another project.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PLUGIN_KINDS } from "../../core/contract/plugin_kind.ts";
import { named } from "../../core/irm/plugin/new.ts";
import { SKELETONS } from "../../core/irm/plugin/skeletons.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGE = await Deno.readTextFile(`${ROOT}docs/plugins.md`);

const blocksOf = (page: string, language = "\\w+"): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}(?: ignore)?\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code]) =>
    code
  );

/** The block of the entry page that has these words in it. */
function blockWith(words: string): string {
  const found = blocksOf(PAGE).find((code) => code.includes(words));
  assert(found, `docs/plugins.md has no block with ${words}`);
  return found;
}

Deno.test("each kind has a page, which the entry page names, with the plugin and the tests that a new one begins with", async () => {
  for (const kind of PLUGIN_KINDS) {
    assert(PAGE.includes(`](plugins/${kind}.md)`), kind);
    const page = await Deno.readTextFile(`${ROOT}docs/plugins/${kind}.md`);
    const [, name] = new RegExp(`^ {4}\\$ ouro plugin new ${kind} (\\S+)$`, "m").exec(page) ?? [];
    assert(name, kind);
    const { plugin, tests } = SKELETONS[kind];
    assert.deepEqual(blocksOf(page, "ts"), [named(plugin, name), tests], kind);
    assert(page.includes(`    $ ouro plugin check ${name}.ts\n`), kind);
  }
});

Deno.test("a third party's project proves a plugin as the page says, and uses the other parts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-third-party-" });
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, blockWith('{ "links"').replace("../ouro", ROOT));
    await Deno.copyFile(`${ROOT}deno.lock`, `${folder}/deno.lock`);
    await Deno.writeTextFile(`${folder}/fnv.ts`, SKELETONS.hash.plugin.replace("./ouro.d.ts", "@ouro/ouro"));
    await Deno.writeTextFile(`${folder}/fnv_test.ts`, blockWith("import { conformHash"));
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
    assert.match(text, /hash FNV1A_64: every digest has the length that it says \.\.\. .*ok/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
