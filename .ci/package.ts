/**
 * Makes what is handed out, in `dist`: `ouro` and its links `irm`, `irmd`, `oping`, … (`deno task build` the single file, `deno task
 * compile` with `deno compile`, `deno task link` a script that runs this checkout), or a package: for Debian (`deno task deb`), for npm (`deno task npm`).
 *
 * @module
 */
import { linkCheckout } from "./checkout_links.ts";
import { buildCompiledFile } from "./compiled_file.ts";
import { buildDeb } from "./deb_package.ts";
import { buildNpm } from "./npm_package.ts";
import { PROGRAM_NAMES, ROOT } from "./programs.ts";
import { buildSingleFile } from "./single_file.ts";

const MAKERS: Readonly<Record<string, (folder: string) => Promise<string | void>>> = {
  "--single": buildSingleFile,
  "--deb": buildDeb,
  "--npm": buildNpm,
  "--compile": buildCompiledFile,
  "--links": linkCheckout,
};

const [how = "--single", folder = `${ROOT}/dist`] = Deno.args;
if (!Object.hasOwn(MAKERS, how)) {
  console.error(`unknown word '${how}'; one of ${Object.keys(MAKERS).join(", ")}, then a folder`);
  Deno.exit(1);
}
try {
  const made = await MAKERS[how](folder) ?? `${folder}/ouro`;
  const size = `${made} (${((await Deno.stat(made)).size / 1e6).toFixed(1)} MB)`;
  console.log(made.endsWith("/ouro") ? `${size}; links to it: ${PROGRAM_NAMES.join(", ")}` : size);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
