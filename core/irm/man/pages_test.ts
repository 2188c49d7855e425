import assert from "node:assert/strict";
import { commandsOf, IRM } from "../commands/tree.ts";
import { loadTool, REFERENCE } from "../../testing/irm/world.ts";
import { manualPage, PAGE_NAMES } from "./pages.ts";
import { sectionOf } from "../../tools/manual.ts";
import { paragraph, plain } from "../../tools/roff.ts";

async function page(name: string): Promise<string> {
  const text = await manualPage(name, loadTool, () => Promise.resolve(REFERENCE), "1.2.3");
  assert(text !== undefined);
  return text + "\n";
}

/** Runs a program with a page as its input; undefined where the program is not installed. */
async function pipe(command: string, args: string[], input: string): Promise<string | undefined> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
  const writer = child.stdin.getWriter();
  const [, { stdout, stderr }] = await Promise.all([
    writer.write(new TextEncoder().encode(input)).then(() => writer.close()),
    child.output(),
  ]);
  return new TextDecoder().decode(args[0] === "-Tlint" ? stdout : stderr);
}

for (const name of [...PAGE_NAMES, "ipcpd"]) {
  Deno.test(`${name}.${sectionOf(name)}: the page`, async (t) => await t.assertSnapshot(await page(name)));

  Deno.test(`${name}.${sectionOf(name)}: groff and mandoc find no fault (where they are installed)`, async () => {
    assert.equal(await pipe("groff", ["-man", "-ww", "-Tutf8"], await page(name)) ?? "", "");
    assert.equal(await pipe("mandoc", ["-Tlint"], await page(name)) ?? "", "");
  });
}

Deno.test("the pages name every command, and every type and option", async () => {
  for (const name of ["irm", "ouroboros"]) {
    const text = await page(name);
    for (const { path, old, method } of commandsOf(IRM)) {
      const words = method.startsWith("bind") || method.startsWith("unbind")
        ? path.replace(/ \w+$/, "")
        : path;
      if (!old) assert(text.includes(plain(words)), path);
    }
    for (const { name, options } of REFERENCE.filter(({ kind }) => kind === "ipcp")) {
      assert(text.includes(plain(name)), name);
      for (const option of options) assert(text.includes(plain(option.shown ?? option.name)), option.name);
    }
  }
});

Deno.test("text cannot become a command of roff", () => {
  assert.deepEqual(paragraph(plain(".SH \\fB-x")), [".PP", "\\&.SH \\efB\\-x"]);
  const long = paragraph("x".repeat(75) + " .SH 'y");
  assert.deepEqual(long, [".PP", "x".repeat(75), "\\&.SH 'y"]);
});
