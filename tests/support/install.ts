/**
 * An installation that any user of this machine can run: the bundled program and the deno that runs it, in one folder.
 *
 * @module
 */

import { bundle } from "../../.ci/single_file.ts";

/** Puts it into `folder`; gives the words that start it. */
export async function install(folder: string): Promise<string[]> {
  const js = `${folder}/js`;
  await bundle(js);
  const deno = `${folder}/deno`;
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), deno);
  await Deno.chmod(deno, 0o755);
  return [deno, "run", "-A", "-q", "--no-config", `${js}/main.js`];
}
