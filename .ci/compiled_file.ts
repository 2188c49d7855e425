/**
 * Builds `ouro` with `deno compile`, for those who can have its base runtime (`DENORT_BIN` or a download): of the bundled
 * JavaScript, so that neither packages nor what is not called are in the file.
 *
 * @module
 */
import { installFile, linkPrograms, run } from "./programs.ts";
import { bundle } from "./single_file.ts";

/** What only a compiled file has a use for: its runtime may not read the TypeScript of third parties' plugins. */
const ONLY_HERE = ["core/registry/without_types/import_without_types.ts"];

/** Writes `ouro` and its links into `folder`. */
export async function buildCompiledFile(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "ouro-compile-" });
  try {
    await bundle(work, ONLY_HERE);
    await installFile(`${folder}/ouro`, async (temporary) => {
      const flags = ["-A", "-q", "--no-check", "--include", ".", "--output", temporary];
      await run([Deno.execPath(), "compile", ...flags, "main.js"], { cwd: work });
    });
    await linkPrograms(folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
