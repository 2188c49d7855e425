/** What docs/plugins.md says to a third party holds: the package's parts are imported by their names, from another project. @module */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGE = await Deno.readTextFile(`${ROOT}docs/plugins.md`);

/** The block of the page that begins with these words. */
function block(beginning: string): string {
  const found = [...PAGE.matchAll(/```\w+(?: ignore)?\n([\s\S]*?)```/g)].find(([, code]) =>
    code.startsWith(beginning)
  );
  assert(found, `docs/plugins.md has no block that begins with ${beginning}`);
  return found[1];
}

Deno.test("a third party's project proves its hash function as the page says, and uses the other parts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ouro-third-party-" });
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, block('{ "links"').replace("../ouro", ROOT));
    await Deno.copyFile(`${ROOT}deno.lock`, `${folder}/deno.lock`);
    await Deno.writeTextFile(`${folder}/fnv.ts`, block("import type").replace("../mod.ts", "@ouro/ouro"));
    const more = ["sim", "testing"].map((part) => `import * as ${part} from "@ouro/ouro/${part}";\n`).join(
      "",
    );
    const check = "\nif (!sim.Network || !testing.TestingIrmd) throw new Error();\n";
    await Deno.writeTextFile(`${folder}/fnv_test.ts`, more + block("import { conformHash") + check);
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--frozen=false"],
      cwd: folder,
    });
    const { success, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(success, text);
    assert.match(text, /hash FNV1A_32: every digest has the length that it says \.\.\. .*ok/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
