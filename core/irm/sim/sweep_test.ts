/** Tests of sweeps of `ouro sim` over plugins: which fail, are edited, or have options of their own. @module */
import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { recorded } from "../../testing/irm/world.ts";
import { runSim } from "./main.ts";

const WATCHDOG = new URL("../../os/process/watchdog_worker.ts", import.meta.url);
const SCENARIO = `duration = "1s"
plugins = ["one.ts"]
[topology]
links = [["a", "b"]]
[layer.net]
[[flow]]
name = "f"
from = "a"
to = "b"
kind = "greedy"
interval = "10ms"
`;

/** A congestion policy that comes from a file. @param sent the body of its method */
const policy = (sent: string) =>
  `import { helper } from "./helper.ts";
helper();
const gain = { name: "gain", type: "integer", min: 1, max: 9, default: 1, help: "gain" };
const flow = { sent: (_length, now) => { ${sent} }, received: () => undefined, update() {} };
const create = () => ({ mark: () => 0, flow: () => flow });
export default { kind: "congestion", name: "one", apiVersion: 1, description: "one", options: [gain], create };
`;

async function withPlugin(
  sent: string,
  test: (folder: string, run: (...words: string[]) => ReturnType<typeof runHere>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-sweep-" });
  try {
    await Deno.writeTextFile(`${folder}/s.toml`, SCENARIO);
    await Deno.writeTextFile(`${folder}/one.ts`, policy(sent));
    await Deno.writeTextFile(`${folder}/helper.ts`, "export function helper() {}\n");
    await test(folder, (...words) => runHere(`${folder}/s.toml`, "--jobs", "1", ...words));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const runHere = (...words: readonly string[]) =>
  recorded((world) =>
    runSim(words, world, { builtins: () => Promise.resolve(BUILTINS), watchdog: WATCHDOG })
  );

Deno.test("a run with a policy that has failed is no success: row, end, kept results and JSON say so", async () => {
  await withPlugin('throw new Error("boom");', async (folder, run) => {
    const results = `${folder}/r.jsonl`;
    const sweep = ["--sweep", "congestion=none,one", "--seeds", "2", "--results", results];
    const failed =
      /- one: congestion "one" \(.*one\.ts\) has failed in 2 of 2 runs and was put out of use in 2 of 2 runs, the last time in sent: it threw Error: boom/;
    for (const _ of ["played", "from the file"]) {
      const { status, out } = await run(...sweep);
      assert.equal(status, 1);
      assert.match(out, /\| one +\| 2 \(2 not sound\) \|/);
      assert.match(out, /\| none +\| +2 \|/);
      assert.match(out, failed);
    }
    const merged = await runHere("merge", results);
    assert.deepEqual([merged.status, failed.test(merged.out)], [1, true]);
    const { rows } = JSON.parse((await run(...sweep, "--json")).out);
    assert.deepEqual(
      rows.map((
        { runs, troubled, troubles }: Record<string, unknown[]>,
      ) => [runs, troubled, troubles.length]),
      [[2, 0, 0], [2, 2, 1]],
    );
  });
});

Deno.test("a single run with a policy that has failed ends likewise", async () => {
  await withPlugin('throw new Error("boom");', async (folder) => {
    const words = [`${folder}/s.toml`, "--set", "congestion=one"];
    const { status, out } = await runHere(...words);
    assert.equal(status, 1);
    assert.match(
      out,
      /Plugins have failed, .*:\n\n- congestion "one" \(.*\): 16 faults, out of use, the last in sent: it threw/,
    );
    const [fault] = JSON.parse((await runHere(...words, "--json")).out).faults;
    assert.deepEqual([fault.name, fault.faults, fault.outOfUse], ["one", 16, true]);
  });
});

Deno.test("a layer that does not come up is told of a sweep, too", async () => {
  await withPlugin("return now;", async (_folder, run) => {
    const { status, out } = await run("--sweep", "link.loss=0%,100%");
    assert.equal(status, 1);
    assert.match(out, /- 100%: layer net did not come up in 1 of 1 runs/);
  });
});

Deno.test("what was played before a change of a plugin's files is played again; parts of different states are not joined", async () => {
  await withPlugin("return now;", async (folder, run) => {
    const [results, other, whole] = ["r", "o", "w"].map((name) => `${folder}/${name}.jsonl`);
    const sweep = ["--sweep", "congestion=none,one"];
    const lines = async (path: string) => (await Deno.readTextFile(path)).trimEnd().split("\n").length;
    await run(...sweep, "--results", results);
    assert.equal((await run(...sweep, "--results", results)).error, "");
    assert.equal(await lines(results), 1 + 2);
    await Deno.writeTextFile(`${folder}/helper.ts`, "export function helper() { return 1; }\n");
    await run(...sweep, "--shard", "1/2", "--results", other);
    await run(...sweep, "--results", whole);
    // Those of the last file have all runs in one state, and still there are two.
    for (const parts of [[results, other], [results, whole], [whole, results]]) {
      const { status, error } = await runHere("merge", ...parts);
      assert.equal(status, 1);
      assert.match(error, /these runs were played with different states of the scenario's plugins/);
    }
    const again = await run(...sweep, "--results", results);
    assert.match(again.error, /r\.jsonl has 2 runs from before a change of .*one\.ts; they are played again/);
    assert.equal(await lines(results), 1 + 2 + 2);
    assert.equal((await run(...sweep, "--results", results)).error, "");
    assert.equal((await runHere("merge", results, other)).status, 0);
  });
});

Deno.test("an option for all layers is for the runs whose policies have it, and refused when none has", async () => {
  await withPlugin("return now;", async (folder, run) => {
    assert.equal((await run("--sweep", "congestion=none,one", "--set", "gain=5")).status, 0);
    assert.equal((await run("--sweep", "congestion=none,one", "--sweep", "gain=5,6")).status, 0);
    const faults: [string[], RegExp][] = [
      [
        ["--sweep", "congestion=none,mb-ecn", "--set", "gain=5"],
        /^ouro sim: --set or --sweep gain=5: gain is an/,
      ],
      [
        ["--sweep", "congestion=none,one", "--set", "gian=5"],
        /gian=5: gian is not known here; did you mean gain\?/,
      ],
      [["--sweep", "congestion=none,one", "--set", "gain=50"], /gain=50: Invalid value for gain/],
    ];
    for (const [words, message] of faults) assert.match((await run(...words)).error, message);
    const single = await runHere(`${folder}/s.toml`, "--set", "gain=5");
    assert.match(
      single.error,
      /^ouro sim: --set gain=5: gain is an option of congestion "one", which no layer uses$/,
    );
  });
});

Deno.test("a file that is none of results is named as such, and not written to", async () => {
  await withPlugin("return now;", async (folder, run) => {
    const scenario = `${folder}/s.toml`;
    const { error } = await run("--seeds", "2", "--results", scenario);
    assert.match(error, /s\.toml is no file of results: its first line is not that of a sweep$/);
    assert.equal(await Deno.readTextFile(scenario), SCENARIO);
    assert.match((await runHere("merge", `${folder}/none`)).error, /there is no file ".*none"; behind merge/);
  });
});
