/**
 * What an addition costs (docs/architecture.md): a tool, a command of irm, a congestion policy and an IPCP type are added to a
 * temporary copy of the product, and are run there.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Process } from "../support/process.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** A copy of the product, and the files that were changed or added in it. */
class Copy implements AsyncDisposable {
  readonly #all = new Set<string>();
  /** Those of the addition that is made. */
  readonly changed = new Set<string>();
  readonly #env: Record<string, string>;

  private constructor(readonly folder: string) {
    this.#env = { OURO_RUNTIME_DIR: `${folder}/run`, NO_COLOR: "1" };
  }

  static async make(): Promise<Copy> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-copy-" });
    const parts = ["main.ts", "mod.ts", "deno.json", "deno.lock", "core", "plugins"].map((part) =>
      `${ROOT}${part}`
    );
    assert.equal((await new Process(["cp", "-R", ...parts, folder]).ended).code, 0);
    return new Copy(folder);
  }

  async write(path: string, text: string): Promise<void> {
    this.#all.add(path);
    this.changed.add(path);
    const file = `${this.folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }

  /** Puts lines in front of the first line that is `before`. */
  async insert(path: string, before: string, lines: string): Promise<void> {
    const text = await Deno.readTextFile(`${this.folder}/${path}`);
    assert(text.includes(before), `${path} has ${before}`);
    await this.write(path, text.replace(before, () => lines + before));
  }

  start(...words: string[]): Process {
    return new Process([Deno.execPath(), "run", "-A", "-q", `${this.folder}/main.ts`, ...words], {
      env: this.#env,
    });
  }

  async output(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.start(...words).ended;
    assert.deepEqual([code, stderr], [0, ""], words.join(" "));
    return stdout;
  }

  async check(): Promise<void> {
    const files = [...this.#all].map((path) => `${this.folder}/${path}`);
    const { code, stderr } = await new Process([Deno.execPath(), "check", "-q", ...files]).ended;
    assert.equal(code, 0, stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

const KNOCK = `/** Knocks. @module */
import { parseCommandLine } from "../command_line.ts";
import type { Role, Tool } from "../tool.ts";

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "knock",
  description: "Knocks at a door.",
  options: [{ long: "times", short: "t", value: "number", default: "2", help: "How often" }],
} as const satisfies Tool;

/** Runs knock. */
export const run: Role = (words) => {
  const parsed = parseCommandLine(TOOL, words);
  console.log(parsed.ok ? "knock ".repeat(Number(parsed.options.times)).trim() : parsed.usage.trimEnd());
  return Promise.resolve(parsed.ok ? 0 : parsed.status);
};
`;

async function tool(copy: Copy): Promise<void> {
  await copy.write("core/tools/knock/tool.ts", KNOCK);
  const row =
    `  { word: "knock", help: "knock at a door", module: "./core/tools/knock/tool", program: true },\n`;
  await copy.insert("core/tools/table.ts", `  { word: "help",`, row);
  assert.equal(copy.changed.size, 2);
  const [run, help, version, overview, page, words, options, script] = await Promise.all([
    copy.output("knock", "-t", "3"),
    copy.output("knock", "--help"),
    copy.output("knock", "--version"),
    copy.output("help"),
    copy.output("man", "knock"),
    copy.output("__complete", "kn"),
    copy.output("__complete", "knock", "--t"),
    copy.output("completion", "bash"),
  ]);
  assert.equal(run, "knock knock knock\n");
  assert.match(help, /-t, --times <number> {2}How often \(default: 2\)/);
  assert.match(version, /^Ouroboros version/);
  assert.match(overview, /^ {4}knock {9}knock at a door$/m);
  assert.match(overview, /named irmd, irm, oping, .*\bknock behave/);
  assert.match(page, /^\.TH KNOCK 8 [^]*\\fB\\-\\-times\\fR/);
  assert.equal(words, "knock\tknock at a door\n");
  assert.equal(options, "--times\tHow often\n");
  assert.match(script, /^complete -F _ouro_complete ouro .*\bknock\b/m);
}

const HANDLER = `/** \`names.count\`. @module */
import { success } from "../../contract/outcome.ts";
import type { State } from "../tables/state.ts";
import type { Commands } from "./command.ts";

/** The command. */
export const countCommand = (state: State): Commands => ({
  "names.count": (_caller, _params, reply) => reply(success({ names: state.names.size })),
});
`;

async function command(copy: Copy): Promise<void> {
  const row = `  {
    word: "count",
    path: "irm count",
    method: "names.count",
    help: "count the names",
    about: "Says how many names there are.",
    examples: ["irm count"],
    keywords: [AS],
    print: printTree,
  }, `;
  await copy.insert("core/irm/commands/tree.ts", "IPCP, BIND,", row);
  await copy.write("core/irmd/commands/count.ts", HANDLER);
  const irmd = "core/irmd/irmd.ts";
  await copy.insert(irmd, "import { instrument", `import { countCommand } from "./commands/count.ts";\n`);
  await copy.insert(irmd, "      ...statusCommands(", "      ...countCommand(state),\n");
  assert.equal(copy.changed.size, 3);
  await using daemon = copy.start("irmd", "--stdout");
  await daemon.waitFor(/daemon started/);
  await copy.output("irm", "name", "create", "a");
  const [run, json, help, page, words] = await Promise.all([
    copy.output("irm", "count"),
    copy.output("irm", "c", "as", "JSON"),
    copy.output("irm", "help", "count"),
    copy.output("man", "irm"),
    copy.output("__complete", "irm", "cou"),
  ]);
  assert.equal(run, "names: 1\n");
  assert.deepEqual(JSON.parse(json), { names: 1 });
  assert.match(help, /^Usage: irm count\n[^]*Says how many names there are\./);
  assert.match(page, /Says how many names there are\./);
  assert.equal(words, "count\tcount the names\n");
}

const METRONOME = `/** A metronome. @module */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

const BEAT_NS = 1e6;

/** Lets a flow send a packet a millisecond. */
export const metronome: Plugin<"congestion"> = {
  kind: "congestion",
  name: "metronome",
  apiVersion: PLUGIN_API_VERSION,
  description: "a packet a millisecond",
  options: [],
  create: () => ({ flow: () => ({ sent: (_length, nowNs) => nowNs + BEAT_NS }) }),
};
`;

/** Lets the type put a packet into words, as a capture does. */
const ASK_FORMATS = `import { openRegistry } from "./core/registry/open_registry.ts";
import { BUILTINS } from "./plugins/builtins.ts";
const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const registry = await openRegistry(() => Promise.resolve(BUILTINS), [], log);
const formats = await registry.formats("ipcp", "loop");
console.log(formats?.describe("udp", new Uint8Array(3), { flow: () => "", directory: () => "" }));
`;

async function plugins(copy: Copy): Promise<void> {
  const [line] = (await Deno.readTextFile(`${copy.folder}/plugins/whole.ts`)).match(/^export.*none.*\n/m) ??
    [];
  assert(line);
  await copy.write("plugins/congestion/metronome.ts", METRONOME);
  await copy.insert("plugins/whole.ts", line, 'export { metronome } from "./congestion/metronome.ts";\n');
  assert.equal(copy.changed.size, 2);
  const loop = await Deno.readTextFile(`${ROOT}core/irm/plugin/skeletons/ipcp.ts`);
  const formats =
    "  formats: () => ({ describe: (_place, packet) => `${packet.length} round and round` }),\n  create:";
  await copy.write(
    "plugins/loop/loop.ts",
    loop.replace("../../../contract/author_types.ts", "../../mod.ts").replace("  create:", formats),
  );
  await copy.insert("plugins/whole.ts", line, 'export { default as loop } from "./loop/loop.ts";\n');
  assert.equal(copy.changed.size, 3);
  await Deno.writeTextFile(`${copy.folder}/try.ts`, ASK_FORMATS);
  const asked = await new Process([Deno.execPath(), "run", "-A", "-q", `${copy.folder}/try.ts`]).ended;
  assert.equal(asked.stdout, "3 round and round\n");
  await using daemon = copy.start("irmd", "--stdout");
  await daemon.waitFor(/daemon started/);
  const layer = ["ipcp", "bootstrap", "type", "unicast", "name", "u", "layer", "net"];
  await copy.output("irm", ...layer, "congestion", "metronome");
  await copy.output("irm", "ipcp", "bootstrap", "type", "loop", "name", "l", "layer", "around", "delay", "5");
  const [plugins, ipcps, stats] = await Promise.all([
    copy.output("plugins"),
    copy.output("irm", "ipcp", "list"),
    copy.output("irm", "ipcp", "stats", "name", "u"),
  ]);
  assert.match(plugins, /metronome +a packet a millisecond \(built in\)/);
  assert.match(ipcps, / l \| +loop \| +around \|/);
  assert.match(stats, /congestion: metronome/);
}

Deno.test("additions", async (test) => {
  await using copy = await Copy.make();
  const step = async (title: string, add: (copy: Copy) => Promise<void>) => {
    copy.changed.clear();
    await test.step(title, () => add(copy));
  };
  await step("a tool is one folder and one row", tool);
  await step("a command of irm is a row, its handler, and the line that names it", command);
  await step("a congestion policy is one file and one line, an IPCP type one folder and one line", plugins);
  await test.step("what was added has the right types", () => copy.check());
});
