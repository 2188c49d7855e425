/**
 * Builds `ouro` with `deno compile`, for those who can have its base runtime (`DENORT_BIN` or a download).
 *
 * @module
 */
import { dynamicModules, installFile, linkPrograms, ROOT, run } from "./programs.ts";

/** What the program consists of. Anything else beside it, such as a `package.json`, would be embedded too. */
const SOURCES = ["deno.json", "deno.lock", "main.ts", "core", "plugins"];

/** Writes `ouro` and its links into `folder`. */
export async function buildCompiledFile(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const copy = await Deno.makeTempDir({ prefix: "ouro-compile-" });
  try {
    for (const source of SOURCES) {
      if (await exists(`${ROOT}/${source}`)) await run(["cp", "-R", `${ROOT}/${source}`, copy]);
    }
    const included = (await dynamicModules()).flatMap((path) => ["--include", path]);
    await installFile(`${folder}/ouro`, async (temporary) => {
      await run([
        Deno.execPath(),
        "compile",
        "-A",
        "-q",
        "--no-check",
        ...included,
        "--output",
        temporary,
        "main.ts",
      ], {
        cwd: copy,
      });
    });
    await linkPrograms(folder);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
