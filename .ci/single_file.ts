/**
 * Builds the single file: a shell script that unpacks itself (`launcher.sh`), then a gzip'd tar of the deno executable and
 * the bundled JavaScript.
 *
 * @module
 */
import { dynamicModules, installFile, linkPrograms, ROOT, run } from "./programs.ts";

/** Writes `ouro` and its links into `folder`. Needs GNU tar, and once the registry for the bundler. */
export async function buildSingleFile(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "ouro-build-" });
  try {
    const content = `${work}/content`;
    await bundle(`${content}/js`);
    await Deno.copyFile(Deno.execPath(), `${content}/deno`);
    await Deno.chmod(`${content}/deno`, 0o755);
    await joinFile(content, `${folder}/ouro`);
    await linkPrograms(folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Joins the launcher and what `content` holds, `deno` and `js`, into one file. */
export async function joinFile(content: string, path: string): Promise<void> {
  const archive = await Deno.makeTempFile({ prefix: "ouro-archive-" });
  try {
    await pack(content, archive);
    await installFile(path, async (temporary) => {
      await Deno.writeFile(temporary, await launcher(archive, await megabytes(content)));
      await append(archive, temporary);
    });
  } finally {
    await Deno.remove(archive);
  }
}

/**
 * Bundles the entry points and their chunks: each role stays a file of its own, so that a command loads only what it needs.
 *
 * @param more files that are loaded by a path that is not a literal, beside those that every form of the program has
 */
export async function bundle(folder: string, more: readonly string[] = []): Promise<void> {
  const flags = ["--platform", "deno", "--minify", "--code-splitting"];
  const entries = ["main.ts", ...await dynamicModules(), ...more];
  await run([Deno.execPath(), "bundle", "-q", ...flags, "--outdir", folder, ...entries], { cwd: ROOT });
  // Where the child processes of ouro look for a configuration: they find this one, whatever the user's folders hold.
  await Deno.writeTextFile(`${folder}/deno.json`, '{ "lock": false, "nodeModulesDir": "none" }\n');
}

/** Packs the content; the same content gives the same archive. `deno` comes first: where room ends, `js` is missing. */
async function pack(content: string, archive: string): Promise<void> {
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
  await run(["tar", "-cf", `${archive}.tar`, ...same, "-C", content, "deno", "js"]);
  await run(["gzip", "-9n", `${archive}.tar`]);
  await Deno.rename(`${archive}.tar.gz`, archive);
}

async function launcher(archive: string, megabytes: number): Promise<Uint8Array> {
  const template = await Deno.readTextFile(`${ROOT}/.ci/launcher.sh`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(archive)));
  const script = template
    .replace("@ID@", digest.toHex().slice(0, 16))
    .replace("@FIRST_LINE@", String(template.split("\n").length))
    .replace("@MEGABYTES@", String(megabytes));
  return new TextEncoder().encode(script);
}

/** Room that a folder's files take, in whole megabytes. */
async function megabytes(folder: string): Promise<number> {
  let bytes = 0;
  const places = [folder];
  for (const place of places) { // Folders that are pushed here are visited too.
    for await (const { name, isFile, isDirectory } of Deno.readDir(place)) {
      if (isFile) bytes += (await Deno.stat(`${place}/${name}`)).size;
      if (isDirectory) places.push(`${place}/${name}`);
    }
  }
  return Math.ceil(bytes / 1e6);
}

async function append(from: string, to: string): Promise<void> {
  const source = await Deno.open(from);
  const target = await Deno.open(to, { append: true });
  await source.readable.pipeTo(target.writable);
}
