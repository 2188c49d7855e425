import assert from "node:assert/strict";
import { PLUGIN_API_VERSION } from "../../contract/plugin.ts";
import type { Builtins } from "../../registry/builtins.ts";
import { FakeWorld, REFERENCE, THIRD_PARTY } from "../../testing/irm/world.ts";
import { runPlugins } from "./plugins.ts";

const builtins: Builtins = () =>
  Promise.resolve(REFERENCE.map((declaration) => ({
    declaration,
    load: () => Promise.reject(new Error("lists need no code")),
  })));

const WATCHDOG = new URL("../../os/process/watchdog_worker.ts", import.meta.url);

async function run(line: string, prepare: (world: FakeWorld) => void = () => {}) {
  const world = new FakeWorld();
  prepare(world);
  const status = await runPlugins(line === "" ? [] : line.split(" "), world, {
    builtins,
    watchdog: WATCHDOG,
  });
  return { status, out: world.out.join("\n"), error: world.errors.join("\n"), world };
}

Deno.test("the plugins of the running IRMd are listed, its own files too", async (t) => {
  const { status, out } = await run("", (world) => {
    world.call = () =>
      Promise.resolve([
        ...REFERENCE.map((declaration) => ({ ...declaration, origin: "built in" })),
        { ...THIRD_PARTY, origin: "/opt/pigeon.ts" },
      ]);
  });
  assert.equal(status, 0);
  assert.match(out, /pigeon\s+the pigeon \(\/opt\/pigeon\.ts\)\n\s+\[rout\]\s+follow roads/);
  await t.assertSnapshot(out);
});

Deno.test("the faults that a plugin had are listed with it", async () => {
  const { out } = await run("", (world) => {
    const fault = { faults: 17, lastFault: "fly: it threw Error: rain", outOfUse: true };
    world.call = () => Promise.resolve([{ ...THIRD_PARTY, origin: "/opt/pigeon.ts", ...fault }]);
  });
  assert.match(
    out.replace(/\s+/g, " "),
    /\(\/opt\/pigeon\.ts; 17 faults, out of use, the last in fly: it threw Error: rain\)/,
  );
});

Deno.test("without an IRMd, the built-in ones are listed", async () => {
  const { status, out } = await run("", (world) => world.irmd = false);
  assert.equal(status, 0);
  assert.match(out, /^ipcp:\n {4}unicast/);
});

Deno.test("as JSON: declarations with their origin", async () => {
  const list = JSON.parse((await run("as json")).out);
  assert.equal(list.length, REFERENCE.length);
  assert.deepEqual(list[0], { ...JSON.parse(JSON.stringify(REFERENCE[0])), origin: "built in" });
});

Deno.test("as JSON: the same with an IRMd and without, so no codes of wire formats", async () => {
  const [declaration] = REFERENCE;
  const { out } = await run("as json", (world) => {
    world.irmd = false;
    world.builtins = () =>
      Promise.resolve([{ declaration: { ...declaration, code: 1 }, origin: "built in" }]);
  });
  assert.deepEqual(JSON.parse(out), [{ ...JSON.parse(JSON.stringify(declaration)), origin: "built in" }]);
});

Deno.test("with --plugin, what the file has is listed and nothing else, without the IRMd", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      file,
      `export default { kind: "hash", name: "NONE", apiVersion: ${PLUGIN_API_VERSION}, description: "no hash", version: "1.2",
        options: [], create: () => ({ length: 0, digest: (bytes) => bytes }) };`,
    );
    const { status, out, error } = await run(`--plugin ${file}`, (world) => world.irmd = false);
    assert.deepEqual([status, error], [0, ""]);
    assert.equal(out.replace(/\s+/g, " "), `hash: NONE no hash (${file}, version 1.2)`);
    const json = JSON.parse((await run(`--plugin ${file} --json`, (world) => world.irmd = false)).out);
    assert.deepEqual(
      json.map(({ name, version, origin }: Record<string, string>) => [name, version, origin]),
      [["NONE", "1.2", file]],
    );
    const absent = await run("--plugin /nonexistent.ts");
    assert.equal(absent.status, 1);
    assert.match(absent.error, /^ouro plugins: .*\/nonexistent\.ts/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("unknown words and missing values are named", async () => {
  assert.match((await run("frob")).error, /^ouro plugins: unknown word 'frob'$/);
  assert.match((await run("--plugin")).error, /^ouro plugins: option '--plugin <file>' argument missing/);
  assert.match((await run("as XML")).error, /^ouro plugins: unknown word 'as'$/);
  assert.equal((await run("--help")).status, 0);
});

Deno.test("an answer of the IRMd that is not as agreed is an error", async () => {
  for (const answer of [5, [5], [{ kind: "frob" }], [{ ...REFERENCE[0] }]]) {
    const { status, error } = await run("", (world) => {
      world.call = () => Promise.resolve(answer);
    });
    assert.equal(status, 1);
    assert.match(error, /not as agreed/);
  }
});
