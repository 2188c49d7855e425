/** Tests of the words of `ouro sim`, in this process. @module */
import assert from "node:assert/strict";
import { SKELETONS } from "../plugin/skeletons.ts";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { FakeWorld, loadTool, recorded } from "../../testing/irm/world.ts";
import { completeOuro } from "../completion/complete_ouro.ts";
import { runSim } from "./main.ts";

const WATCHDOG = new URL("../../os/process/watchdog_worker.ts", import.meta.url);
const PAIR = `duration = "1s"
[topology]
links = [["a", "b"]]
[layer.net]
[[flow]]
name = "f"
from = "a"
to = "b"
kind = "ping"
`;

const run = (...words: readonly string[]) =>
  recorded((world) =>
    runSim(words, world, { builtins: () => Promise.resolve(BUILTINS), watchdog: WATCHDOG })
  );

/** Runs `test` with a folder that holds the scenario. */
async function withScenario(
  test: (folder: string, file: string) => Promise<void>,
  text = PAIR,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-sim-" });
  try {
    await Deno.writeTextFile(`${folder}/pair.toml`, text);
    await test(folder, `${folder}/pair.toml`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("scenarios that come with the program are listed, shown, and offered by completion", async () => {
  const { out, status } = await run("--list");
  assert.match(
    out,
    /^square +four hosts in a ring.*\ndumbbell .*\npartition .*\ndeep .*\nstorm .*\nnested .*10000 members/,
  );
  assert.equal(status, 0);
  assert.match((await run("square", "--show")).out, /^# Four hosts.*\ntitle = "The resilient square"\n/);
  const offered = (await completeOuro(["sim", ""], new FakeWorld(), loadTool)).map((line) =>
    line.split("\t")[0]
  );
  for (const word of ["square", "nested", "merge", "--sweep", "--html", ""]) {
    assert(offered.includes(word), word);
  }
});

Deno.test("a scenario is played with values and a seed from the command line; as JSON, all that was seen is there", async () => {
  await withScenario(async (_folder, file) => {
    const { status, out } = await run(
      file,
      "--json",
      "--seed",
      "7",
      "--set",
      "link.delay=5ms",
      "--set",
      "congestion=none",
    );
    assert.equal(status, 0);
    const { seed, flows: [flow], layers: [layer], packets } = JSON.parse(out);
    assert.deepEqual([seed, flow.name, flow.sent, flow.lost, flow.delay.mean, layer.members], [
      7,
      "f",
      10,
      0,
      10,
      2,
    ]);
    assert(packets > 40);
  });
});

Deno.test("packets come as lines and as a capture, pictures as a drawing and as a page that needs no network", async () => {
  await withScenario(async (folder, file) => {
    const { out } = await run(
      ...[
        file,
        "--trace",
        "--pcap",
        `${folder}/c.pcap`,
        "--svg",
        `${folder}/c.svg`,
        "--html",
        `${folder}/c.html`,
      ],
    );
    assert.match(out, /^\d\.\d{6} b > a net: connection of Enrollment, \d+ bytes\n/);
    assert.match(out, /a > b net: to .*, data, \d+ bytes|a > b net: to .* 64 bytes|a > b net: to /);
    const pcap = await Deno.readFile(`${folder}/c.pcap`);
    assert.equal(pcap.subarray(0, 4).toHex(), "d4c3b2a1");
    const lines = out.split("\n").filter((line) => / net: /.test(line)).length;
    let records = 0;
    const view = new DataView(pcap.buffer);
    for (let at = 24; at < pcap.length; at += 16 + view.getUint32(at + 8, true)) records++;
    assert.equal(records, lines);
    const svg = await Deno.readTextFile(`${folder}/c.svg`);
    assert.match(svg, /^<svg [^]*layer net \(unicast\)[^]*a – b: \d+ packets[^]*<\/svg>\n$/);
    const html = await Deno.readTextFile(`${folder}/c.html`);
    assert.match(html, /^<!doctype html>[^]*<table>[^]*f: delay there and back[^]*<\/html>\n$/);
    const outside = [...html.matchAll(/(?:src|href|url|import)\s*[=(][^>]*/g)].map(([found]) => found);
    assert.deepEqual(outside, []);
  });
});

Deno.test("a sweep gives means; a file of results lets it go on where it was; parts are joined", async () => {
  await withScenario(async (folder, file) => {
    const words = [file, "--sweep", "link.delay=1ms,3ms", "--seeds", "3", "--jobs", "1"];
    const results = `${folder}/all.jsonl`;
    const whole = await run(...words, "--results", results);
    assert.match(whole.out, /\| 1ms +\| +3 \| +10 ± 0 \| +0 ± 0 \|.*\| +2 ± 0 \|/);
    assert.match(whole.out, /\| 3ms +\| +3 \| +10 ± 0 \| +0 ± 0 \|.*\| +6 ± 0 \|/);
    const lines = (await Deno.readTextFile(results)).split("\n");
    assert.equal(lines.length, 1 + 6 + 1);
    await Deno.writeTextFile(results, [...lines.slice(0, 4), lines[4].slice(0, 20)].join("\n"));
    assert.equal((await run(...words, "--results", results)).out, whole.out);
    assert.deepEqual(
      (await Deno.readTextFile(results)).split("\n"),
      lines,
      "what was there was not played again",
    );
    const parts = [1, 2].map((part) => `${folder}/${part}.jsonl`);
    for (const [index, part] of parts.entries()) {
      await run(...words, "--results", part, "--shard", `${index + 1}/2`);
    }
    assert.equal((await run("merge", ...parts)).out, whole.out);
    const half = await run("merge", parts[1]);
    assert.deepEqual([half.status, half.error], [
      1,
      "ouro sim: 3 runs of the sweep are in none of these files",
    ]);
    await Deno.writeTextFile(file, PAIR.replace("1s", "2s"));
    assert.match(
      (await run(...words, "--results", results)).error,
      /has the results of another sweep or scenario/,
    );
  });
});

Deno.test("a sweep that has failed at its first run leaves nothing that is in the way of the next one", async () => {
  await withScenario(async (folder, file) => {
    const words = [file, "--seeds", "2", "--jobs", "1", "--results", `${folder}/r.jsonl`];
    await Deno.writeTextFile(file, PAIR.replace('to = "b"', 'to = "c"'));
    assert.match((await run(...words)).error, /there is no host "c"/);
    await Deno.writeTextFile(file, PAIR);
    const { status, error } = await run(...words);
    assert.deepEqual([status, error], [0, ""]);
    assert.equal((await Deno.readTextFile(`${folder}/r.jsonl`)).split("\n").length, 1 + 2 + 1);
    await Deno.writeTextFile(file, PAIR.replace("1s", "2s"));
    assert.match((await run(...words)).error, /has the results of another sweep or scenario/);
  });
});

Deno.test("a scenario's plugins are loaded from beside it, and its layers use them by name", async () => {
  const plugins = 'plugins = ["sites.ts"]\n';
  await withScenario(async (folder, file) => {
    await Deno.writeTextFile(`${folder}/sites.ts`, SKELETONS.routing.plugin);
    const { status, out, error } = await run(file, "--json");
    assert.equal(status, 0, error);
    assert.equal(JSON.parse(out).flows[0].lost, 0);
  }, plugins + PAIR.replace("[layer.net]", '[layer.net]\nrouting = "sites"'));
});

Deno.test("a run that fails leaves no file behind, and what was there before as it was", async () => {
  await withScenario(async (folder, file) => {
    await Deno.writeTextFile(`${folder}/c.html`, "before");
    const pages = ["--svg", `${folder}/c.svg`, "--html", `${folder}/c.html`];
    for (const pcap of ["/dev/full", `${folder}/none/c.pcap`]) {
      const { status, error } = await run(file, ...pages, "--pcap", pcap);
      assert.deepEqual([status, error.startsWith(`ouro sim: cannot write ${pcap}`)], [1, true], error);
      assert.deepEqual((await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort(), [
        "c.html",
        "pair.toml",
      ]);
      assert.equal(await Deno.readTextFile(`${folder}/c.html`), "before");
    }
  });
});

Deno.test("what of a graph counts once is told before it is played", async () => {
  const edge = '<edge source="a" target="b"/>\n';
  await withScenario(async (folder, file) => {
    await Deno.writeTextFile(
      `${folder}/g.graphml`,
      `<graphml>\n<node id="a"/>\n<node id="b"/>\n${edge}${edge}</graphml>`,
    );
    const { status, error } = await run(file);
    assert.equal(status, 0);
    assert.match(error, /^ouro sim: g\.graphml: line 5: a and b are joined already, in line 4/);
  }, '[topology]\ngraphml = "g.graphml"\n');
});

Deno.test("what is wrong with the words, the scenario or a file is told before anything is played", async () => {
  await withScenario(async (folder, file) => {
    const faults: [string[], RegExp][] = [
      [[], /a scenario is missing/],
      [
        ["sqare"],
        /there is no file "sqare"; did you mean square\?; ready-made scenarios are: square, dumbbell/,
      ],
      [[file, "square"], /one scenario is played at a time/],
      [[file, "--seed", "x"], /the seed must be a whole number/],
      [[file, "--set", "x"], /--set needs KEY=VALUE/],
      [[file, "--set", "layer.net.ttl=0"], /ouro sim: --set layer\.net\.ttl=0: Invalid value for ttl: "0"/],
      [[file, "--shard", "1/2"], /--shard goes with --sweep or --seeds/],
      [[file, "--seeds", "2", "--shard", "3/2"], /--shard needs PART\/OF/],
      [[file, "--seeds", "2", "--trace"], /--trace is for one run/],
      [[file, "--sweep", "congestion"], /--sweep needs KEY=VALUE,VALUE/],
      [
        [file, "--sweep", "congestion=none,some", "--jobs", "1"],
        /--set or --sweep congestion=some: Unknown parameter for congestion: "some"/,
      ],
      [[file, "--html", `${folder}/none/x.html`], /cannot write .*none\/x\.html/],
      [["merge"], /files of results are missing/],
      [["merge", file], /pair\.toml is no file of results/],
    ];
    for (const [words, message] of faults) {
      const { status, error } = await run(...words);
      assert.equal(status, 1, words.join(" "));
      assert.match(error, message);
    }
  });
});
