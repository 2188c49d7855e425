import assert from "node:assert/strict";
import { IRMD_USAGE } from "../../irmd/arguments.ts";
import { commandsOf, IRM } from "../commands/tree.ts";
import { DAEMON_OPTIONS } from "../daemon_options.ts";
import { REFERENCE } from "../../testing/irm/world.ts";
import { manPage, PAGES } from "./pages.ts";
import { paragraph, plain } from "./roff.ts";

const page = (name: string): string => {
  const text = manPage(name, REFERENCE, "1.2.3");
  assert(text !== undefined);
  return text + "\n";
};

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

for (const name of Object.keys(PAGES)) {
  Deno.test(`${name}.8: the page`, (t) => t.assertSnapshot(page(name)));

  Deno.test(`${name}.8: groff and mandoc find no fault (where they are installed)`, async () => {
    assert.equal(await pipe("groff", ["-man", "-ww", "-Tutf8"], page(name)) ?? "", "");
    assert.equal(await pipe("mandoc", ["-Tlint"], page(name)) ?? "", "");
  });
}

Deno.test("the pages name every command, and every type and option", () => {
  for (const name of ["irm", "ouroboros"]) {
    const text = page(name);
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

Deno.test("the daemon's usage and the table have the same options", () => {
  const inUsage = [...IRMD_USAGE.matchAll(/--\w+/g)].map(([word]) => word).sort();
  assert.deepEqual(
    inUsage,
    DAEMON_OPTIONS.map(({ long }) => long).filter((word) => word !== "--help").sort(),
  );
});

Deno.test("text cannot become a command of roff", () => {
  assert.deepEqual(paragraph(plain(".SH \\fB-x")), [".PP", "\\&.SH \\efB\\-x"]);
  const long = paragraph("x".repeat(75) + " .SH 'y");
  assert.deepEqual(long, [".PP", "x".repeat(75), "\\&.SH 'y"]);
});
