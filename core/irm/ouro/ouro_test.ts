import assert from "node:assert/strict";
import { REFERENCE_VERSION, VERSION } from "../../version.ts";
import { SHOWN_TOOLS, TOOLS } from "../../tools/table.ts";
import { SHELLS } from "../completion/shells.ts";
import { FakeWorld, loadTool } from "../../testing/irm/world.ts";
import { PAGE_NAMES } from "../man/pages.ts";
import { runCompletion } from "./completion.ts";
import { runHelp } from "./help.ts";
import { runMan } from "./man.ts";
import { runOuro } from "./ouro.ts";

async function run(line: string, prepare: (world: FakeWorld) => void = () => {}) {
  const world = new FakeWorld();
  prepare(world);
  const [word, ...rest] = line.split(" ");
  const context = { tool: loadTool };
  const status = word === "help"
    ? await runHelp(rest, world, context)
    : word === "man"
    ? await runMan(rest, world, context)
    : word === "completion"
    ? await runCompletion(rest, world)
    : await runOuro(line === "" ? [] : [word, ...rest], world, context);
  return { status, out: world.out.join("\n"), error: world.errors.join("\n") };
}

Deno.test("ouro and ouro help show all words", async (t) => {
  const { status, out, error } = await run("");
  assert.deepEqual([status, error], [0, ""]);
  for (const line of ["help", "--help", "-h", "usage"]) assert.equal((await run(line)).out, out);
  for (const { word } of SHOWN_TOOLS) assert.match(out, new RegExp(`^ {4}${word} `, "m"));
  await t.assertSnapshot(out);
});

Deno.test("ouro help WORD helps with every word", async () => {
  for (const { word } of TOOLS) {
    const { status, out, error } = await run(`help ${word}`);
    assert.deepEqual([status, error], [0, ""], word);
    assert(out.length > 40, word);
  }
  assert.match((await run("help irm ipcp create")).out, /^Usage: irm ipcp create/);
  assert.match((await run("help irm i c")).out, /^Usage: irm ipcp create/);
});

Deno.test("the version is that of the reference and our own", async () => {
  for (const line of ["--version", "version"]) {
    assert.equal((await run(line)).out, `Ouroboros version ${REFERENCE_VERSION} (ouro ${VERSION})`);
  }
});

Deno.test("what is unknown is named, with what is valid", async () => {
  const faults: [string, RegExp][] = [
    ["irn", /^"irn" is unknown, try "ouro help"\.\nValid here: irmd, irm, .*\nDid you mean "irm.?"\?$/],
    ["help frob", /^"frob" is unknown, try "ouro help"/],
    ["help irm frob", /^"frob" is unknown, try "irm help"/],
    [
      "man frob",
      /^"frob" is unknown, try "ouro help man"\.\nValid here: irmd, irm, oping, oecho, operf, ocbr, obc, ovpn, forward, capture, impair, sim, lab, rib, doctor, plugin, plugins, help, man, completion, irmd\.conf, ouroboros\.$/,
    ],
    [
      "man",
      /^ouro man needs a word: irmd, irm, oping, oecho, operf, ocbr, obc, ovpn, forward, capture, impair, sim, lab, rib, doctor, plugin, plugins, help, man, completion, irmd\.conf, ouroboros\.$/,
    ],
    ["completion tcsh", /^"tcsh" is unknown.*\nValid here: bash, zsh, fish\.$/],
    ["completion", /^ouro completion needs a word: bash, zsh, fish\.$/],
  ];
  for (const [line, message] of faults) {
    const { status, out, error } = await run(line);
    assert.equal(status, 1, line);
    assert.match(error, message, line);
    assert.equal(out, "", line);
  }
});

Deno.test("a manual page is shown on a terminal, and written in roff into a pipe", async () => {
  assert.match((await run("man irm")).out, /^\.TH IRM 8 /);
  const shown: string[] = [];
  const { out } = await run("man irm", (world) => {
    const show = (text: string) => Promise.resolve(void shown.push(text));
    world.terminal = () => Promise.resolve({ columns: 60, styles: false, show });
  });
  assert.deepEqual([out, shown.length], ["", 1]);
  assert.match(shown[0], /^NAME\n {7}irm - command the IPC Resource Manager\n\nSYNOPSIS\n/);
});

Deno.test("a word too many ends in the usage text", async () => {
  const { status, out, error } = await run("man irm irmd");
  assert.deepEqual([status, error], [1, "ouro man: unknown word 'irmd'"]);
  assert.match(out, /^Usage: ouro man \[OPTION\]\.\.\. \[NAME\]\n/);
});

Deno.test("man pages and completion scripts are printed, with an IRMd and without", async () => {
  for (const irmd of [true, false]) {
    for (const name of PAGE_NAMES) {
      assert.match((await run(`man ${name}`, (world) => world.irmd = irmd)).out, /^\.TH /);
    }
  }
  for (const shell of Object.keys(SHELLS)) {
    assert.match((await run(`completion ${shell}`)).out, /ouro __complete/);
  }
});

Deno.test("completion of ouro's own words", async () => {
  const offered = async (...words: string[]) => {
    const world = new FakeWorld();
    world.answers["name.list"] = [{ name: "svc", balancing: "spillover" }];
    world.answers["ipcp.list"] = [{ pid: 7, name: "net_1", type: "unicast", layer: "net" }];
    assert.equal(await runOuro(["__complete", ...words], world, { tool: loadTool }), 0);
    return world.out.map((line) => line.split("\t")[0]);
  };
  assert.deepEqual(await offered("ir"), ["irmd", "irm"]);
  assert.deepEqual(await offered("irm", "ipcp", "b"), ["bootstrap"]);
  assert.deepEqual(await offered("help", "irm", "na"), ["name"]);
  assert.deepEqual(await offered("help", "o"), ["oping", "oecho", "operf", "ocbr", "obc", "ovpn"]);
  assert.deepEqual(await offered("man", ""), [...PAGE_NAMES, "--version", "--help"]);
  assert.deepEqual(await offered("completion", ""), ["bash", "zsh", "fish", "--version", "--help"]);
  assert.deepEqual(await offered("irmd", "--s"), ["--stdout"]);
  assert.deepEqual(await offered("irmd", "--config", ""), [""]);
  assert.deepEqual(await offered("plugins", "as", "J"), ["JSON"]);
  assert.deepEqual(await offered("rib", "normal_1", "as", "J"), []);
  assert.deepEqual(await offered("oping", "-n", "svc", "as", "J"), ["JSON"]);
  assert.deepEqual(await offered("oping", "--server"), ["--server-name"]);
  assert.deepEqual(await offered("oping", "-n", ""), ["svc"]);
  assert.deepEqual(await offered("capture", "n"), ["net_1"]);
  assert.deepEqual((await offered("capture", "-c", "5", "-l", "")).slice(0, 2), ["net_1", "--count"]);
  assert.deepEqual((await offered("capture", "-l", "net_1", "")).slice(0, 2), ["", "--count"]);
  assert.deepEqual(await offered("capture", "net_1", "x.pcap", "--dev"), ["--device"]);
  assert.deepEqual(await offered("capture", "--count", ""), []);
  assert.deepEqual(await offered("plugin", "ch"), ["check"]);
  assert.deepEqual((await offered("plugin", "new", "")).slice(0, 3), ["ipcp", "routing", "congestion"]);
  assert.deepEqual(await offered("plugin", "new", "hash", ""), ["--json"]);
  assert.deepEqual(await offered("plugin", "check", ""), ["", "--option", "--seed", "--json"]);
  assert.deepEqual(await offered("plugin", "bench", "x.ts", "--b"), ["--beside"]);
  assert.deepEqual(await offered("plugin", "check", "x.ts", "--seed", ""), []);
  assert.deepEqual(await offered("plugin", "frob", ""), []);
  assert.deepEqual(await offered("frob", ""), [""]);
});
