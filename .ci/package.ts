/**
 * Makes `dist/ouro` and its links `irm`, `irmd`, `oping`, …: `deno task build` the single file, `deno task compile` with
 * `deno compile`, `deno task link` a script that runs this checkout.
 *
 * @module
 */
import { linkCheckout } from "./checkout_links.ts";
import { buildCompiledFile } from "./compiled_file.ts";
import { PROGRAM_NAMES, ROOT } from "./programs.ts";
import { buildSingleFile } from "./single_file.ts";

const MAKERS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  "--single": buildSingleFile,
  "--compile": buildCompiledFile,
  "--links": linkCheckout,
};

const [how = "--single", folder = `${ROOT}/dist`] = Deno.args;
if (!Object.hasOwn(MAKERS, how)) {
  console.error(`unknown word '${how}'; one of ${Object.keys(MAKERS).join(", ")}, then a folder`);
  Deno.exit(1);
}
try {
  await MAKERS[how](folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
const { size } = await Deno.stat(`${folder}/ouro`);
console.log(
  `${folder}/ouro (${(size / 1e6).toFixed(1)} MB); links to it: ${PROGRAM_NAMES.join(", ")}`,
);
