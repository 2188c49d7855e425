/**
 * Builds the single file: a shell script that unpacks itself (`launcher.sh`), then a gzip'd tar of the deno executable and
 * the bundled JavaScript.
 *
 * @module
 */
import { dynamicModules, installFile, linkPrograms, output, ROOT, run } from "./programs.ts";
import { bundleIpcpd } from "./role_bundle.ts";

/** Writes `ouro` and its links into `folder`. Needs GNU tar, and once the registry for the bundler. */
export async function buildSingleFile(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "ouro-build-" });
  try {
    const content = `${work}/content`;
    await makeContent(content);
    await joinFile(content, `${folder}/ouro`);
    await linkPrograms(folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Puts the runtime, `deno`, and the bundled JavaScript, `js`, into a new folder. */
export async function makeContent(folder: string): Promise<void> {
  await bundle(`${folder}/js`);
  await Deno.copyFile(Deno.execPath(), `${folder}/deno`);
  await Deno.chmod(`${folder}/deno`, 0o755);
}

/** Joins the launcher and what `content` holds, `deno` and `js`, into one file. */
export async function joinFile(content: string, path: string): Promise<void> {
  const archive = await Deno.makeTempFile({ prefix: "ouro-archive-" });
  try {
    await pack(content, archive);
    await installFile(path, async (temporary) => {
      await Deno.writeFile(temporary, await launcher(content));
      await append(archive, temporary);
    });
  } finally {
    await Deno.remove(archive);
  }
}

/**
 * Bundles the entry points and their chunks: each role stays a file of its own, so that a command loads only what it needs. The role
 * of which many processes run has a bundle of its own.
 *
 * @param more files that are loaded by a path that is not a literal, beside those that every form of the program has
 */
export async function bundle(folder: string, more: readonly string[] = []): Promise<void> {
  // Texts are imported by a deno from 2.8 on; one that compiles may be older, and wants to be told.
  const flags = ["--platform", "deno", "--minify", "--code-splitting", "--unstable-raw-imports"];
  const entries = ["main.ts", ...await dynamicModules(), ...more];
  await run([Deno.execPath(), "bundle", "-q", ...flags, "--outdir", folder, ...entries], { cwd: ROOT });
  await bundleIpcpd(folder, flags);
  // Where the child processes of ouro look for a configuration: they find this one, whatever the user's folders hold.
  await Deno.writeTextFile(`${folder}/deno.json`, '{ "lock": false, "nodeModulesDir": "none" }\n');
}

/** Options of GNU tar: the same content gives the same archive. */
export const SAME = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/** Returns digits that tell this content from any other. */
export async function digestOf(content: string): Promise<string> {
  const listed = await output(["sh", "-c", "find . -type f -exec sha256sum {} + | LC_ALL=C sort"], {
    cwd: content,
  });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(listed));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

/** Packs the content; the same content gives the same archive. `deno` comes first: where room ends, `js` is missing. */
async function pack(content: string, archive: string): Promise<void> {
  await run(["tar", "-cf", `${archive}.tar`, ...SAME, "-C", content, "deno", "js"]);
  await run(["gzip", "-6n", `${archive}.tar`]);
  await Deno.rename(`${archive}.tar.gz`, archive);
}

async function launcher(content: string): Promise<Uint8Array> {
  const template = await Deno.readTextFile(`${ROOT}/.ci/launcher.sh`);
  const sizes = await fileSizes(content);
  const room = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
  const script = template
    .replace("@ID@", await digestOf(content))
    .replace("@FIRST_LINE@", String(template.split("\n").length))
    .replace("@FILES@", await filesThatItCounts(`${content}/js`))
    .replace("@MEGABYTES@", String(room));
  return new TextEncoder().encode(script);
}

/** How many places the launcher's patterns find: one that finds nothing counts as itself. */
const filesThatItCounts = async (js: string): Promise<string> =>
  (await output(["sh", "-c", "set -- *.* */*.* */*/*.* */*/*/*.* */*/*/*/*.*; echo $#"], { cwd: js })).trim();

/** Sizes of all files of a folder, in bytes. */
async function fileSizes(folder: string): Promise<number[]> {
  const sizes: number[] = [];
  const places = [folder];
  for (const place of places) { // Folders that are pushed here are visited too.
    for await (const { name, isFile, isDirectory } of Deno.readDir(place)) {
      if (isFile) sizes.push((await Deno.stat(`${place}/${name}`)).size);
      if (isDirectory) places.push(`${place}/${name}`);
    }
  }
  return sizes;
}

async function append(from: string, to: string): Promise<void> {
  const source = await Deno.open(from);
  const target = await Deno.open(to, { append: true });
  await source.readable.pipeTo(target.writable);
}
