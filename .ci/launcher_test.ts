/**
 * Tests of the single file's launcher, with a small script in place of the deno executable.
 *
 * @module
 */
import assert from "node:assert/strict";
import { joinFile } from "./single_file.ts";

/** Prints what the launcher tells it, where it is told to run. */
const FAKE_DENO = '#!/bin/sh\n[ "$1" = --version ] || echo "$OURO_CALLED_AS $$ $DENO_DIR $*"\n';

/** A folder with the single file as `ouro`, the link `oping`, and `cache`, a folder for it to unpack into. */
async function packed(): Promise<AsyncDisposable & { folder: string }> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  await Deno.mkdir(`${folder}/content/js`, { recursive: true });
  await Deno.writeTextFile(`${folder}/content/deno`, FAKE_DENO, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/content/js/main.js`, "");
  await joinFile(`${folder}/content`, `${folder}/ouro`);
  await Deno.symlink("ouro", `${folder}/oping`);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

function start(program: string, env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: ["one", "two words"],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function ended(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("eight first runs at once unpack once, and each keeps its process", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: `${file.folder}/cache` };
  const children = Array.from({ length: 8 }, () => start(`${file.folder}/oping`, env));
  const runs = await Promise.all(children.map(ended));
  const versions = names(`${env.XDG_CACHE_HOME}/ouro`);
  assert.equal(versions.length, 1, versions.join(" "));
  const home = `${env.XDG_CACHE_HOME}/ouro/${versions[0]}`;
  const words = `${home}/cache run -A --no-config -q ${home}/js/main.js one two words`;
  assert.deepEqual(
    runs.map(({ code, stdout }) => ({ code, stdout })),
    children.map(({ pid }) => ({ code: 0, stdout: `oping ${pid} ${words}\n` })),
  );
});

Deno.test("without a cache it unpacks into a temporary folder of the user's own", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: "/dev/null", TMPDIR: file.folder };
  for (let run = 0; run < 2; run++) {
    const { code, stdout } = await ended(start(`${file.folder}/ouro`, env));
    assert.equal(code, 0);
    assert.match(stdout, /^ouro \d+ \S+\/ouro-\d+\/[0-9a-f]{16}\/cache run /);
  }
});

Deno.test("with no place at all it says where it tried and what to do", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: "/dev/null", TMPDIR: "/dev/null" };
  const { code, stderr } = await ended(start(`${file.folder}/ouro`, env));
  assert.equal(code, 1);
  assert.match(stderr, /^ouro: found no folder to unpack into:\n {2}\/dev\/null\/ouro: it is not writable\n/);
  assert.match(stderr, /Set XDG_CACHE_HOME or TMPDIR to a folder that you can write/);
});

Deno.test("a damaged file is said and leaves nothing", async () => {
  await using file = await packed();
  const whole = await Deno.readFile(`${file.folder}/ouro`);
  const env = { XDG_CACHE_HOME: `${file.folder}/cache`, TMPDIR: `${file.folder}/content` };
  for (const cut of [whole.length - 4, whole.length - 100, whole.length - 300]) {
    await Deno.writeFile(`${file.folder}/ouro`, whole.subarray(0, cut));
    const { code, stderr } = await ended(start(`${file.folder}/ouro`, env));
    assert.equal(code, 1);
    assert.match(stderr, /ouro is damaged/);
    assert.deepEqual(names(`${file.folder}/cache/ouro`), []);
  }
});
