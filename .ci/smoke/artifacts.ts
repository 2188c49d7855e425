/**
 * The smoke test of everything that is handed out: `deno task smoke`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { joinDeb } from "../deb_package.ts";
import { linkPrograms, ROOT, run } from "../programs.ts";
import { joinFile, makeContent } from "../single_file.ts";
import { buildNpm } from "../npm_package.ts";
import { DebianRoot, whyNoDebianRoot } from "./debian_root.ts";
import { Running, trial } from "./installed.ts";
import { tryPackage } from "./npm_package.ts";

/** The largest that each may be, in bytes. */
const LIMITS = { single: 45e6, deb: 45e6, compiled: 115e6 };
/** So many files an IPCP may load at its start, behind those of `main.js`. */
const MOST_FILES = 20;

const work = await Deno.makeTempDir({ prefix: "ouro-smoke-" });
const content = `${work}/content`;

Deno.test.beforeAll(() => makeContent(content));
Deno.test.afterAll(() => Deno.remove(work, { recursive: true }));

async function withinLimit(path: string, limit: number): Promise<string> {
  const { size } = await Deno.stat(path);
  assert(size <= limit, `${path} has ${size} bytes`);
  return `${(size / 1e6).toFixed(1)} MB`;
}

/** Texts of a file and of those that it imports at its beginning, and later too. */
async function filesOf(first: string, later: boolean): Promise<string[]> {
  const files = new Map<string, string>([[new URL(first, "file:///").href, ""]]);
  for (const [file] of files) { // Files that are put there are visited too.
    const text = await Deno.readTextFile(new URL(file));
    files.set(file, text);
    for (const [, paren, path] of text.matchAll(/(?:\bfrom|\bimport)(\(?)"(\.[^"]+)"/g)) {
      const url = new URL(path, file).href;
      if ((paren === "" || later) && !files.has(url)) files.set(url, "");
    }
  }
  return [...files.values()];
}

Deno.test("an IPCP loads few files, and has every module once", async () => {
  const main = `${content}/js/core/ipcp/process/main.js`;
  const { length } = await filesOf(main, false);
  assert(length <= MOST_FILES, `${main} imports ${length} files`);
  const catalogues = (await filesOf(main, true)).join("").split('"OURO_PLUGIN"').length - 1;
  assert.equal(catalogues, 1);
});

Deno.test("the single file does what it should where it is put", async () => {
  const programs = `${work}/single`;
  await Deno.mkdir(programs);
  await joinFile(content, `${programs}/ouro`);
  await linkPrograms(programs);
  const size = await withinLimit(`${programs}/ouro`, LIMITS.single);
  const cache = { XDG_CACHE_HOME: `${work}/cache` };
  console.log(`single file: ${size}, ${await trial({ programs, env: cache }, work)}`);

  // Another version is put in its place while an IRMd of this one runs.
  await using running = await Running.start({ programs, env: cache }, work);
  const [{ name: id }] = await Array.fromAsync(Deno.readDir(`${cache.XDG_CACHE_HOME}/ouro`));
  await joinFile(await otherVersion(), `${programs}/ouro`);
  assert.equal(await running.run("ouro"), "another version\n");
  const home = `${cache.XDG_CACHE_HOME}/ouro/${id}`;
  await running.run(
    `${home}/deno run -A -q --no-config ${home}/js/main.js irm ipcp create type local name after`,
  );
  await running.stop();
});

Deno.test("the compiled file does what it should where it is put", async () => {
  const programs = `${work}/compiled`;
  // A base runtime is of one version, which may need a deno of its own.
  const deno = Deno.env.get("DENO") ?? Deno.execPath();
  try {
    await run([deno, "run", "-A", "-q", `${ROOT}/.ci/package.ts`, "--compile", programs]);
  } catch (thrown) {
    if (Deno.env.has("DENORT_BIN")) throw thrown;
    console.log(
      "compiled file: left out, as its base runtime cannot be had: set DENORT_BIN, and DENO to the deno of its version",
    );
    return;
  }
  const size = await withinLimit(`${programs}/ouro`, LIMITS.compiled);
  console.log(`compiled file: ${size}, ${await trial({ programs, deno }, work)}`);

  await using running = await Running.start({ programs }, work);
  await Deno.remove(`${programs}/ouro`);
  await Deno.writeTextFile(`${programs}/ouro`, "#!/bin/sh\necho another version\n", { mode: 0o755 });
  assert.equal(await running.run("ouro"), "another version\n");
  await running.stop();
});

const whyNoDeb = await whyNoDebianRoot();
if (whyNoDeb) console.log(`package for Debian: left out: ${whyNoDeb}`);

Deno.test({
  name: "the package for Debian is installed, used, upgraded and removed while an IRMd of it runs",
  ignore: whyNoDeb !== undefined,
  fn: async () => {
    const [deb, newer] = [`${work}/ouro_1.deb`, `${work}/ouro_2.deb`];
    await joinDeb(content, deb, "1");
    await joinDeb(await otherVersion(), newer, "2");
    const size = await withinLimit(deb, LIMITS.deb);
    await using root = await DebianRoot.make(work);
    await root.run(`dpkg --no-triggers -i ${deb} && dpkg -V ouro`);
    await root.run("getent group ouroboros && test -e /etc/ouroboros/irmd.conf.example");
    await root.run("! command -v systemd-analyze >/dev/null || systemd-analyze verify ouroboros.service");
    await root.run("gzip -dc /usr/share/man/man8/irmd.8.gz | grep -q 'the IPC Resource Manager daemon'");
    await root.run(
      "irmd --version && env -u HOME -u XDG_CACHE_HOME oping --version && test ! -e /dev/null/.cache",
    );
    await root.run(
      "for shell in bash zsh fish; do ! command -v $shell || $shell -n $(ls /usr/share/$shell*/*/*ouro*); done",
    );
    const place = { programs: "/usr/bin", within: root.within };
    console.log(`package for Debian: ${size}, ${await trial(place, work)}`);

    await using running = await Running.start(place, work);
    const home = (await root.run("echo /usr/lib/ouro/*")).trim();
    const irm = `${home}/deno run -A -q --no-config ${home}/js/main.js irm`;
    assert.match(
      await root.run(`dpkg --no-triggers -i ${newer}`),
      /goes on in the version that it was started in/,
    );
    assert.equal(await running.run("ouro"), "another version\n");
    await running.run(`${irm} ipcp create type local name after`);
    await root.run(
      "dpkg --no-triggers -r ouro && test ! -e /usr/lib/ouro && test -e /etc/ouroboros/irmd.conf",
    );
    await running.stop();
    await root.run("dpkg --no-triggers -P ouro && test ! -e /etc/ouroboros");
    await root.run(
      `dpkg --no-triggers -i ${newer} && dpkg --no-triggers -i ${deb} && test "$(echo /usr/lib/ouro/*)" = ${home} && irmd --version`,
    );
  },
});

Deno.test("the package for npm serves applications under Node and Deno, and authors of plugins", async () => {
  const path = await buildNpm(`${work}/npm`);
  console.log(`package for npm: ${((await Deno.stat(path)).size / 1e6).toFixed(1)} MB`);
  await tryPackage(path, `${work}/application`);
});

/** The content of a version that only says that it is one. */
async function otherVersion(): Promise<string> {
  const other = `${work}/other`;
  await Deno.mkdir(`${other}/js`, { recursive: true });
  await Deno.writeTextFile(`${other}/js/main.js`, "main();");
  await Deno.writeTextFile(`${other}/deno`, "#!/bin/sh\necho another version\n", { mode: 0o755 });
  return other;
}
