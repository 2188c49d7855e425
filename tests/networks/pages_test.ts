/** The command blocks of the tutorials and of the pages about the tools, as they stand there. @module */
import assert from "node:assert/strict";
import { writePrograms } from "../support/bin.ts";
import { Host } from "../support/host.ts";
import { Namespaces, testWithHosts } from "../support/namespaces.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";
import { Pages, readBlocks } from "../support/page_commands.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const PROGRAMS = ["ouro", "irm", "irmd", "oping", "oecho", "operf", "ocbr", "obc", "ovpn"];
/** Pages about the tools, in the order of the alphabet. */
const TOOLS = [...Deno.readDirSync(new URL("tools", DOCS))].map(({ name }) => `tools/${name.slice(0, -3)}`)
  .sort();
const page = (name: string) => Deno.readTextFile(new URL(`${name}.md`, DOCS));

const ON_ONE_HOST = ["tutorial1", "tutorial2", "tutorial3"];
/** Pages about tools that look at what the tutorials have made. */
const TUTORIAL_HOST = ["tools/rib"];

/** Blocks that are not run, by page. */
const NOT_RUN = {
  "tutorial1": 1,
  "tutorial3": 1,
  "tools/capture": 1,
  "tools/forward": 1,
  "tools/irm": 1,
  "tools/irmd": 1,
  "tools/lab": 2,
  "tools/rib": 1,
};

Deno.test("every page about a tool and every tutorial is played, but for the blocks that say why they are not", async () => {
  const left: Record<string, number> = {};
  for (const name of [...ON_ONE_HOST, "tutorial4", ...TOOLS]) {
    const blocks = readBlocks(await page(name));
    assert(blocks.some(({ commands }) => commands.length > 0), name);
    const count = blocks.filter(({ notRun }) => notRun !== undefined).length;
    if (count > 0) left[name] = count;
  }
  assert.deepEqual(left, NOT_RUN);
});

/** Plays texts, one after the other, on a host without a network, on which nothing runs, and that has these files. */
async function playAlone(
  files: Readonly<Record<string, string>>,
  ...texts: readonly string[]
): Promise<void> {
  await using host = await Host.start({ idle: true });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${host.folder}/${name}`, text);
  const programs = `${host.folder}/bin`;
  await Deno.mkdir(programs);
  await writePrograms(programs, PROGRAMS);
  const pages = new Pages({ a: { host, programs, within: [] } });
  for (const text of texts) await pages.play(text);
}

Deno.test("the tutorials on one host, and the page about what these leave to be looked at, as they stand there", async () => {
  await playAlone({}, ...await Promise.all([...ON_ONE_HOST, ...TUTORIAL_HOST].map(page)));
});

Deno.test("the page about congestion policies, from the first line to a layer that has one, as it stands there", async () => {
  const text = await page("plugins/congestion");
  const [, scenario] = /^```toml\n([\s\S]*?)^```$/m.exec(text) ?? assert.fail("there is no scenario");
  await playAlone({ "narrow.toml": scenario }, text);
});

Deno.test("the README's tutorial, as it stands there", async () => {
  const sections = (await page("../README")).split("\n## ");
  const titles = ["Tutorial, part 1", "Tutorial, part 2"];
  const texts = titles.flatMap((title) => sections.filter((section) => section.startsWith(title)));
  assert.equal(texts.length, titles.length);
  await playAlone({}, ...texts);
});

testWithHosts("the pages about the tools, as they stand there", async () => {
  await using hosts = await NetworkedHosts.start("ab", ["ab"]);
  const players = Object.fromEntries([..."ab"].map((letter) => {
    const host = hosts.on(letter);
    return [letter, { host, programs: `${host.folder}/bin`, within: hosts.net.on(letter) }];
  }));
  for (const letter of "ab") {
    await writePrograms(players[letter].programs, PROGRAMS);
    const ip = `ip ${Namespaces.ip4(letter)} peer ${Namespaces.ip4(letter === "a" ? "b" : "a")}`;
    await hosts.on(letter).ok(`irm ipcp bootstrap type udp name udp layer my_layer ${ip}`);
  }
  await hosts.on("a").ok("irm ipcp bootstrap type local name local layer my_layer");
  const serve = `Deno.serve({ hostname: "127.0.0.1", port: 8080 }, () => new Response("hello from b\\n"))`;
  const web = hosts.on("b").program([...hosts.net.on("b"), Deno.execPath(), "eval", serve]);
  await web.waitFor(/Listening on/);
  const pages = new Pages(players);
  for (const name of TOOLS.filter((name) => !TUTORIAL_HOST.includes(name))) {
    await pages.play(await page(name));
  }
});
