/**
 * What an addition costs, as docs/architecture.md says: each change is made in a copy of the tree, its files and lines are counted, and
 * what was added works.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Process } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const COPIED = ["core", "plugins", "main.ts", "mod.ts", "deno.json", "deno.lock", "tests/conformance"];

/** A copy of the tree in which things are added. */
class Copy implements AsyncDisposable {
  /** Lines added to files that were there. */
  lines = 0;
  /** New files, and files that have got lines. */
  readonly files = new Set<string>();

  private constructor(readonly folder: string) {}

  static async make(): Promise<Copy> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-cost-" });
    await Deno.mkdir(`${folder}/tests`);
    for (const path of COPIED) {
      const copied = await new Deno.Command("cp", { args: ["-r", ROOT + path, `${folder}/${path}`] })
        .output();
      assert(copied.success, path);
    }
    return new Copy(`${folder}/`);
  }

  /** Adds a file. */
  async add(path: string, text: string): Promise<void> {
    await Deno.mkdir(this.folder + path.replace(/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(this.folder + path, text, { createNew: true });
    if (!path.startsWith("tests/")) this.files.add(path);
  }

  /** Adds text before the place where these words stand last. */
  async insert(path: string, before: string, text: string): Promise<void> {
    const old = await Deno.readTextFile(this.folder + path);
    const at = old.lastIndexOf(before);
    assert(at >= 0, `${path} has no ${before}`);
    await Deno.writeTextFile(this.folder + path, old.slice(0, at) + text + old.slice(at));
    this.files.add(path);
    this.lines += text.split("\n").length - 1;
  }

  /** Runs deno in the copy; gives what it wrote. */
  async run(...args: string[]): Promise<string> {
    const command = new Deno.Command(Deno.execPath(), {
      args,
      cwd: this.folder,
      env: { OURO_RUNTIME_DIR: `${this.folder}run`, NO_COLOR: "1" },
    });
    const { success, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(success, text);
    return text;
  }

  /** Runs `ouro` in the copy. */
  ouro(...words: string[]): Promise<string> {
    return this.run("run", "-A", "-q", "main.ts", ...words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("a command of irm is a row and a handler: two files", async () => {
  await using copy = await Copy.make();
  const row = `{
    word: "greet",
    path: "irm greet",
    method: "greet",
    help: "greet somebody",
    about: "Greets somebody.",
    examples: ["irm greet name Ada"],
    keywords: [{ name: "name", field: "name", value: "name", required: true, help: "who is greeted" }],
    print: (answer, _, { print }) => {
      print(String(answer));
      return 0;
    },
  },`;
  await copy.insert("core/irm/commands/tree.ts", "STATUS],", row);
  await copy.insert(
    "core/irmd/commands/status.ts",
    '"status":',
    '"greet": (_caller, { name }, reply) => reply(success(`hello, ${name}`)),\n    ',
  );
  assert.equal(copy.files.size, 2);
  const irmd = new Process(
    [Deno.execPath(), "run", "-A", "-q", `${copy.folder}main.ts`, "irmd", "--stdout"],
    { env: { OURO_RUNTIME_DIR: `${copy.folder}run`, OUROBOROS_CONFIG_DIR: `${copy.folder}config` } },
  );
  await using _stopped = irmd;
  await irmd.waitFor(/Ouroboros IPC Resource Manager daemon started/);
  assert.equal(await copy.ouro("irm", "greet", "name", "Ada"), "hello, Ada\n");
  assert.match(await copy.ouro("irm", "help", "greet"), /who is greeted/);
  assert.match(await copy.ouro("man", "irm"), /Greets somebody/);
});

Deno.test("a tool is one folder and one row", async () => {
  await using copy = await Copy.make();
  await copy.add(
    "core/tools/hello/tool.ts",
    `/**
 * \`ouro hello\`: greets.
 *
 * @module
 */
import type { Role, Tool } from "../tool.ts";

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = { name: "hello", command: "ouro hello", description: "Greets.", options: [] };

/** Runs it. */
export const run: Role = ([name]) => {
  console.log("hello, " + name);
  return Promise.resolve(0);
};
`,
  );
  const row = '{ word: "hello", help: "greet somebody", module: "./core/tools/hello/tool" },\n  ';
  await copy.insert("core/tools/table.ts", '{ word: "help"', row);
  assert.deepEqual([copy.files.size, copy.lines], [2, 1]);
  assert.equal(await copy.ouro("hello", "Ada"), "hello, Ada\n");
  assert.match(await copy.ouro("help"), /hello +greet somebody/);
  assert.match(await copy.ouro("man", "hello"), /Greets\./);
  assert.match(await copy.ouro("completion", "bash"), /ouro/);
});
