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
async function packed(bytes = 1): Promise<AsyncDisposable & { folder: string }> {
  const folder = await Deno.makeTempDir({ prefix: "ouro-" });
  await Deno.mkdir(`${folder}/content/js`, { recursive: true });
  await Deno.writeTextFile(`${folder}/content/deno`, FAKE_DENO, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/content/js/main.js`, "main();");
  await Deno.writeFile(`${folder}/content/js/part.js`, crypto.getRandomValues(new Uint8Array(bytes)));
  await joinFile(`${folder}/content`, `${folder}/ouro`);
  await Deno.symlink("ouro", `${folder}/oping`);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

function start(program: string, env: Record<string, string>, args = ["one", "two words"]): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
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
  const words = `${home}/cache run -A --no-config --no-npm -q ${home}/js/main.js one two words`;
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

Deno.test("it says once what it does, and checks what it has unpacked", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: `${file.folder}/cache` };
  const first = await ended(start(`${file.folder}/ouro`, env));
  assert.match(first.stderr, /^ouro: unpacking 1 MB into \S+\/cache\/ouro, once for this version\n$/);
  assert.deepEqual([first.code, (await ended(start(`${file.folder}/ouro`, env))).stderr], [0, ""]);

  // The same length and another content: the archive is whole, and not what belongs there.
  const bytes = await Deno.readFile(`${file.folder}/ouro`);
  const script = new TextDecoder("latin1").decode(bytes);
  const id = /id=([0-9a-f]{16})/.exec(script)?.[1] ?? "";
  bytes.set(new TextEncoder().encode(id.replace(/./g, "0")), script.indexOf(id));
  await Deno.writeFile(`${file.folder}/ouro`, bytes);
  const other = await ended(start(`${file.folder}/ouro`, { ...env, TMPDIR: "/dev/null" }));
  assert.deepEqual([other.code, /ouro is damaged/.test(other.stderr)], [1, true], other.stderr);
  assert.deepEqual(names(`${env.XDG_CACHE_HOME}/ouro`), [id]);
});

Deno.test("it unpacks again where its cache was cleaned, wholly or in part, and leaves the folder of another version", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: `${file.folder}/cache` };
  const cache = `${env.XDG_CACHE_HOME}/ouro`;
  const unpacks = async () => {
    const { code, stderr } = await ended(start(`${file.folder}/ouro`, env));
    assert.equal(code, 0);
    return stderr !== "";
  };
  await Deno.mkdir(`${cache}/0123456789abcdef`, { recursive: true });
  assert.equal(await unpacks(), true);
  const home = `${cache}/${names(cache).find((name) => name !== "0123456789abcdef")}`;
  for (const path of [`${home}/js/part.js`, `${home}/deno`, cache]) {
    await Deno.remove(path, { recursive: true });
    assert.deepEqual([await unpacks(), await unpacks()], [true, false], path);
  }
  assert.deepEqual(names(cache).length, 1);
});

Deno.test("it unpacks again where the runtime or the program is empty, as a full disk or a lost power may leave them", async () => {
  await using file = await packed();
  const env = { XDG_CACHE_HOME: `${file.folder}/cache` };
  const run = () => ended(start(`${file.folder}/ouro`, env));
  await run();
  const [version] = names(`${env.XDG_CACHE_HOME}/ouro`);
  for (const path of ["js/main.js", "deno"]) {
    await Deno.truncate(`${env.XDG_CACHE_HOME}/ouro/${version}/${path}`);
    const [first, second] = [await run(), await run()];
    assert.deepEqual([first.code, first.stderr !== "", second.stderr], [0, true, ""], path);
    assert.match(first.stdout, /main\.js one two words/, path);
  }
});

Deno.test("without a home, or with one that cannot be written, it unpacks into a folder of the user's own", async () => {
  await using file = await packed();
  for (const home of [undefined, "/proc"]) {
    const { code, stdout } = await ended(
      new Deno.Command("env", {
        args: [
          "-i",
          ...home ? [`HOME=${home}`] : [],
          `TMPDIR=${file.folder}`,
          "PATH=/usr/bin:/bin",
          `${file.folder}/ouro`,
        ],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    assert.equal(code, 0);
    assert.match(stdout, /^ouro \d+ \S+\/ouro-\d+\/[0-9a-f]{16}\/cache run /);
  }
});

Deno.test({
  name: "a full disk is said, nothing is left on it, and another folder is used where there is one",
  ignore: Deno.uid() !== 0, // It mounts a small file system.
  fn: async () => {
    await using file = await packed(65_536);
    const full = `${file.folder}/full`;
    await Deno.mkdir(full);
    const script = `mount -t tmpfs -o size=64k tmpfs "${full}" || exit 9
      XDG_CACHE_HOME="${full}" TMPDIR=/dev/null "${file.folder}/ouro" && exit 8
      ls -A "${full}/ouro"; echo ---
      XDG_CACHE_HOME="${full}" TMPDIR="${file.folder}" exec "${file.folder}/ouro"`;
    const { code, stdout, stderr } = await ended(start("unshare", {}, ["--mount", "sh", "-c", script]));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /full\/ouro: there is no room for 1 MB, or \S+ouro is damaged/);
    assert.match(stdout, /^---\nouro \d+ \S+\/ouro-0\/[0-9a-f]{16}\/cache run /);
  },
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
