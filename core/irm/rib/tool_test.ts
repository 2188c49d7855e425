/** `ouro rib`: what it lists and shows, and what it offers for completion. @module */
import assert from "node:assert/strict";
import { FakeWorld } from "../../testing/irm/world.ts";
import { askOf, ribHost } from "../../testing/rib.ts";
import { runRib, TOOL } from "./tool.ts";

function world(): FakeWorld {
  const made = new FakeWorld();
  made.call = askOf(ribHost());
  return made;
}

async function run(...words: readonly string[]) {
  const around = world();
  const status = await runRib(words, around);
  return { status, out: around.out.join("\n"), error: around.errors.join("\n") };
}

Deno.test("ouro rib lists folders and shows files", async () => {
  assert.deepEqual(await run(), { status: 0, out: "normal_1/\nodd%2fname/", error: "" });
  assert.equal((await run("normal_1/dt/")).out, "0\n1\n65");
  assert.equal((await run("/normal_1/_state")).out, "operational");
  assert.match((await run("normal_1/dht/stats")).out, /^DHT: 16475c20812f26da\n {2}Created: /);
});

Deno.test("ouro rib --tree lists all that is below a folder", async () => {
  const { out } = await run("--tree");
  assert.match(out, /^normal_1\/\n {4}_layer\n/);
  assert.match(out, /^ {4}dt\/\n {8}0\n {8}1\n {8}65$/m);
  assert.match(out, /^odd%2fname\/\n {4}_layer\n/m);
});

Deno.test("as JSON, ouro rib lists what folders hold, and shows files with their text", async () => {
  const json = async (...words: readonly string[]) => JSON.parse((await run(...words)).out);
  assert.deepEqual(await json("--json"), [
    { name: "normal_1", kind: "folder" },
    { name: "odd%2fname", kind: "folder" },
  ]);
  assert.deepEqual(await json("normal_1/_state", "as", "JSON"), {
    name: "_state",
    kind: "file",
    text: "operational\n",
  });
  const tree: unknown[] = await json("normal_1", "--json", "--tree");
  const dt = {
    name: "dt",
    kind: "folder",
    entries: ["0", "1", "65"].map((name) => ({ name, kind: "file" })),
  };
  assert.deepEqual(tree.find((entry) => Object(entry).name === "dt"), dt);
});

Deno.test("ouro rib says what is not there and fails", async () => {
  const { status, error } = await run("normal_1/x");
  assert.equal(status, 1);
  assert.match(error, /^ouro rib: there is no "x" in normal_1; there is: _layer/);
});

Deno.test("paths of the RIB are completed", async () => {
  const offered = async (typed: string) => (await TOOL.complete([typed], world())).map(({ word }) => word);
  assert.deepEqual(await offered("nor"), ["normal_1/", "odd%2fname/"]);
  assert.deepEqual(await offered("normal_1/dt/6"), ["normal_1/dt/0", "normal_1/dt/1", "normal_1/dt/65"]);
  assert.deepEqual(await offered("normal_1/_state/"), []);
  assert.deepEqual(await offered("nono/"), []);
  assert.deepEqual(await offered("--"), ["--tree", "--json"]);
});
