/** Tests of `ouro plugin`: what strangers do with nothing but the program. @module */
import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import { FakeWorld, loadTool } from "../../testing/irm/world.ts";
import { checkTypes } from "./compiler.ts";
import { SKELETONS, TYPES } from "./skeletons.ts";
import { runPlugin } from "./tool.ts";

const WATCHDOG = new URL("../../os/process/watchdog_worker.ts", import.meta.url);

class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await Deno.makeTempDir({ prefix: "ouro-plugin-" }));
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.path}/${name}`);
  }

  async write(name: string, text: string): Promise<string> {
    await Deno.writeTextFile(`${this.path}/${name}`, text);
    return `${this.path}/${name}`;
  }

  async run(words: readonly string[], watchdog = WATCHDOG) {
    const world = new FakeWorld();
    world.builtins = () =>
      Promise.resolve(BUILTINS.map(({ declaration }) => ({ declaration, origin: "built in" })));
    const context = { builtins: () => Promise.resolve(BUILTINS), tool: loadTool, watchdog };
    const status = await runPlugin(words, world, context);
    const out = world.out.join("\n").replaceAll(`${this.path}/`, "");
    return { status, out, error: world.errors.join("\n").replaceAll(`${this.path}/`, "") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const HASH = (create: string, more = "") => `
const plugin = {
  kind: "hash", name: "MINE", apiVersion: 1, description: "mine", options: [], ${more}
  create: () => (${create}),
};
export default plugin;
`;

Deno.test("a new plugin comes with its tests and the types, passes its check, and is measured beside the built-in one", async () => {
  await using folder = await Folder.make();
  const made = await folder.run(["new", "congestion", `${folder.path}/gentle`]);
  assert.deepEqual([made.status, made.error], [0, ""]);
  assert.match(made.out, /^gentle\.ts +the plugin.*\ngentle_test\.ts +its tests\nouro\.d\.ts /);
  assert.match(await folder.read("gentle.ts"), /^ {2}name: "gentle",$/m);
  assert.equal(await folder.read("ouro.d.ts"), TYPES);
  const { status, out } = await folder.run(["check", `${folder.path}/gentle.ts`]);
  assert.equal(status, 0, out);
  assert.match(
    out,
    /^types +checked by deno\ncongestion "gentle"\n {2}contract (\d+) of \1 hold\n {2}tests +3 of 3 hold\n/,
  );
  const bench = await folder.run(["bench", `${folder.path}/gentle.ts`, "--json"]);
  assert.equal(bench.status, 0, bench.error);
  const { plugins: [{ beside, costs }] } = JSON.parse(bench.out);
  assert.equal(beside, "mb-ecn");
  assert.deepEqual(costs.map(({ hook }: { hook: string }) => hook), ["mark", "sent", "received", "update"]);
  for (const { ns, besideNs } of costs) assert(ns > 0 && besideNs > 0);
});

Deno.test("a plugin of every kind can be begun, in one folder, under the name that was given", async () => {
  await using folder = await Folder.make();
  for (const kind of PLUGIN_KINDS) {
    const { status, error } = await folder.run(["new", kind, `${folder.path}/my-${kind}`]);
    assert.deepEqual([status, error], [0, ""]);
  }
  // Skeletons carry the name once: it is the one that the user has given.
  for (const kind of PLUGIN_KINDS) {
    const [own] = /(?<=^ {2}name: )"[^"]+"/m.exec(SKELETONS[kind].plugin) ?? assert.fail(kind);
    assert(!(await folder.read(`my-${kind}.ts`)).includes(own), kind);
  }
});

Deno.test("nothing is overwritten, and words that are not valid are answered with those that are", async () => {
  await using folder = await Folder.make();
  const at = (name: string) => `${folder.path}/${name}`;
  await folder.write("mine_test.ts", "// Mine.");
  const faults: [readonly string[], RegExp][] = [
    [
      ["new", "hash", at("mine")],
      /mine_test\.ts is there already: it was not changed, and nothing was written$/,
    ],
    [
      ["new", "hsah", at("x")],
      /no kind of plugin "hsah"; the kinds are ipcp, .*, hash; did you mean hash\?$/,
    ],
    [["new", "hash", at("a b")], /name must be at most 63 letters, digits and _ - \. .*it is "a b"$/],
    [["new", "congestion", at("mb-ecn")], /a built-in plugin of kind congestion has the name "mb-ecn"/],
    [["new", "hash", at("nowhere/x")], /nowhere\/x\.ts cannot be written: its folder is not there$/],
    [["new", "hash"], /^ouro plugin: the NAME is missing; type: ouro plugin new KIND NAME$/],
    [["check"], /^ouro plugin: the FILE is missing; type: ouro plugin check FILE$/],
    [["check", "a.ts", "b.ts"], /^ouro plugin: 'b\.ts' is one word too many; type: ouro plugin check FILE$/],
    [["chekc", "x"], /"chekc" is unknown: it is one of new, check, bench; did you mean check\?$/],
    [["new", "hash", "x", "--seed", "1"], /^ouro plugin: new has no option --seed: check has it$/],
    [["check", "x", "--seed", "many"], /the seed must be a whole number/],
    [["check", at("none.ts")], /plugin file none\.ts cannot be loaded: there is no such file$/],
  ];
  for (const [words, message] of faults) {
    const { status, error } = await folder.run(words);
    assert.equal(status, 1, words.join(" "));
    assert.match(error, message, words.join(" "));
  }
  assert.equal(await folder.read("mine_test.ts"), "// Mine.");
  const files = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
  assert.deepEqual(files, ["mine_test.ts"]);
});

Deno.test("what a plugin does wrong is said in words: what was found, with which input, and what the contract asks", async (t) => {
  await using folder = await Folder.make();
  const file = await folder.write(
    "bad.js",
    HASH("{ length: 4, digest: (bytes) => bytes.length > 2 ? bytes.slice(0, 3) : new Uint8Array(4) }"),
  );
  await folder.write(
    "bad_test.js",
    `export default { "it knows better"({ make, equal }) { equal(make().length, 5); }, "it throws"() { null.x; } };`,
  );
  const { status, out } = await folder.run(["check", file]);
  assert.equal(status, 1);
  await t.assertSnapshot(out);
  const again = await folder.run(["check", file]);
  assert.equal(again.out, out, "the same file has the same result");
  const { ok, types, plugins: [{ contract }] } = JSON.parse(
    (await folder.run(["check", file, "--json"])).out,
  );
  assert.deepEqual([ok, types.state], [false, "unchecked"]);
  assert(contract.some((finding: { ok: boolean; inputs?: string }) => !finding.ok && finding.inputs));
});

Deno.test("the watchdog knows in which check a plugin is, for when it does not return", async () => {
  await using folder = await Folder.make();
  const file = await folder.write("mine.js", HASH("{ length: 4, digest: () => new Uint8Array(4) }"));
  const name = crypto.randomUUID();
  // The check goes on until the watchdog has said its label: what is under way when a run ends is lost.
  await folder.write(
    "mine_test.js",
    `const channel = new BroadcastChannel("${name}");
    const heard = new Promise((done) => {
      channel.onmessage = ({ data }) => data.includes("it is mine") && done();
    });
    export default { async "it is mine"({ ok }) { await heard; channel.close(); ok(true); } };`,
  );
  const channel = new BroadcastChannel(name);
  const labels: string[] = [];
  const last = new Promise<void>((done) => {
    channel.onmessage = ({ data }) => {
      labels.push(data.replaceAll(`${folder.path}/`, ""));
      if (data.includes("it is mine")) done();
    };
  });
  const watchdog = new URL(
    `data:text/javascript,const to = new BroadcastChannel("${name}"); onmessage = ({ data }) => data.label && to.postMessage(data.label);`,
  );
  try {
    await Promise.all([folder.run(["check", file], watchdog), last]);
  } finally {
    channel.close();
  }
  assert(
    labels.includes('hash "MINE" (mine.js), in the check "every digest has the length that it says",'),
    labels.join(),
  );
  assert(labels.includes('hash "MINE" (mine.js), in the check "it is mine",'), labels.join());
});

Deno.test("what fails for one reason is told once, with how often, however many options a plugin has", async () => {
  await using folder = await Folder.make();
  const number = (name: string) =>
    `{ name: "${name}", type: "integer", min: 1, max: 9, default: 3, help: "h" }`;
  const file = await folder.write(
    "many.js",
    HASH(
      "{ length: 4, digest: () => { if (a !== 1) throw new Error(`no ${a} ${b}`); return new Uint8Array(a + 3); } }",
    )
      .replace("options: []", `options: [${["a", "b", "c"].map(number)}]`)
      .replace("create: ()", "create: (_host, { a, b })"),
  );
  const { status, out } = await folder.run(["check", file]);
  assert.equal(status, 1);
  assert.equal(out.match(/FAILS/g)?.length, 2, out);
  assert.match(out, /FAILS 30 times: it threw Error: no 3 3/);
  assert.equal(out.match(/The contract asks: names have different digests\.\n/g)?.length, 1, out);
  assert.match(out, /The contract asks: names have different digests \(with a 1\)\.\n/);
});

Deno.test("types that are wrong are told as the compiler tells them, by the name of the package as well", async () => {
  await using folder = await Folder.make();
  const typed = (name: string, source: string) =>
    folder.write(
      name,
      `import type { Plugin } from "${source}";\n` +
        HASH("{ length: 'four', digest: (bytes) => bytes }").replace(
          "const plugin",
          'const plugin: Plugin<"hash">',
        ),
    );
  await folder.write("ouro.d.ts", TYPES);
  const files = [await typed("one.ts", "./ouro.d.ts"), await typed("two.ts", "@ouro/ouro")];
  const { state, text } = await checkTypes(files);
  assert.equal(state, "wrong");
  assert.match(text, /Type 'string' is not assignable to type 'number'[\s\S]*one\.ts:5/);
  assert.match(text, /two\.ts:5/);
});

Deno.test("a plugin for a newer contract is refused with both versions, whatever else it has", async () => {
  await using folder = await Folder.make();
  const file = await folder.write(
    "new.js",
    `export default { kind: "teleport", name: "far", apiVersion: 2, description: "from times to come" };`,
  );
  const { status, error } = await folder.run(["check", file]);
  assert.equal(status, 1);
  assert.match(
    error,
    /^ouro plugin: teleport "far" \(new\.js\) is not a plugin that can be used: its apiVersion is 2, and this version of ouro wants 1: it was written for a later one$/,
  );
});

Deno.test("options are given to the plugin that is checked, and those that are wrong are refused", async () => {
  await using folder = await Folder.make();
  const file = await folder.write(
    "size.js",
    HASH("{ length: size, digest: (bytes) => new Uint8Array(size) }").replace(
      "create: ()",
      "create: (_host, { size })",
    )
      .replace(
        "options: []",
        'options: [{ name: "size", type: "integer", min: 1, max: 64, required: true, help: "bytes" }]',
      ),
  );
  const without = await folder.run(["check", file]);
  assert.deepEqual([without.status, without.error], [1, "ouro plugin: Option size is missing (bytes)."]);
  const unknown = await folder.run(["bench", file, "--option", "sise=8"]);
  assert.match(unknown.error, /Unknown option: "sise"\. Options here: size\./);
  const { out } = await folder.run(["check", file, "--option", "size=8"]);
  assert.doesNotMatch(out, /Option size/);
  assert.match(out, /FAILS: .*\n.*The contract asks: names have different digests\./s);
});

/** A congestion policy. @param sent the function that is its method */
const CONGESTION = (sent: string) => `
const flow = { sent: ${sent}, received: () => undefined, update() {} };
const create = () => ({ mark: (queued) => Math.min(queued, 255), flow: () => flow });
export default { kind: "congestion", name: "even", apiVersion: 1, description: "even", options: [], create };
`;

Deno.test("what a plugin does wrong while it is measured is told beside the figures, of every kind", async () => {
  await using folder = await Folder.make();
  const policy = await folder.write("even.js", CONGESTION('() => { throw new Error("boom"); }'));
  const { status, out } = await folder.run(["bench", policy]);
  assert.equal(status, 1);
  assert.match(
    out.replace(/\s+/g, " "),
    /a level that the receiver tells It has failed 16 times, and was put out of use, the last time in sent: it threw Error: boom \(line 2:\d+\)\. What was measured is not what it costs/,
  );
  await folder.run(["new", "routing", `${folder.path}/sites`]);
  const text = (await folder.read("sites.ts")).replace(
    /(\n {2}#compute\(\): void \{)/,
    '$1 throw new Error("boom");',
  );
  const routing = await folder.run(["bench", await folder.write("sites.ts", text)]);
  assert.equal(routing.status, 1);
  assert.match(
    routing.out.replace(/\s+/g, " "),
    /It has failed 16 times, and was put out of use, the last time in \w+: it threw Error: boom/,
  );
  const address = await folder.write(
    "fixed.js",
    `const create = () => ({ draw() { throw new Error("none left"); } });
    export default { kind: "address", name: "fixed", apiVersion: 1, description: "f", options: [], create };`,
  );
  const none = await folder.run(["bench", address]);
  assert.equal(none.status, 1);
  assert.match(none.out + none.error, /fixed.*none left \(line 1:\d+\)/);
});

Deno.test("a method that puts its answer off is told to be no async one", async () => {
  await using folder = await Folder.make();
  const { status, out } = await folder.run([
    "check",
    await folder.write("even.js", CONGESTION("async (_length, now) => now")),
  ]);
  assert.equal(status, 1);
  assert.match(out, /sent returned a promise, and must answer at once: leave async out/);
  assert.doesNotMatch(out, /NaN|Promise \{/);
});

Deno.test("tests for another program that stand beside a plugin are passed over", async () => {
  await using folder = await Folder.make();
  const file = await folder.write("mine.js", HASH("{ length: 4, digest: () => new Uint8Array(4) }"));
  await folder.write("mine_test.js", 'import { conformHash } from "@ouro/ouro/conformance"; conformHash();');
  assert.match((await folder.run(["check", file])).out, /\n {2}tests {4}none\n/);
  await folder.write("mine_test.js", "export default 7;");
  assert.match(
    (await folder.run(["check", file])).error,
    /mine_test\.js must have tests as its default export/,
  );
});

Deno.test("what a plugin does later, in a promise of its own, is a fault, too", async () => {
  await using folder = await Folder.make();
  const file = await folder.write(
    "late.js",
    HASH("(Promise.reject(new Error('too late')), good)").replace(
      "const plugin",
      `import { createHash } from "node:crypto";
const good = { length: 32, digest: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()) };
const plugin`,
    ),
  );
  const { status, error } = await folder.run(["check", file]);
  assert.equal(status, 1);
  assert.match(error, /Plugin hash "MINE" \(late\.js\) failed in a callback: it threw Error: too late/);
});
