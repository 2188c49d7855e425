/**
 * An installation that any user of this machine can run: the bundled program and the deno that runs it, in one folder.
 *
 * @module
 */

import { bundle } from "../../.ci/single_file.ts";

/** Puts the deno that runs the tests where any user can run it. */
export async function putDeno(path: string): Promise<void> {
  const deno = await Deno.realPath(Deno.execPath());
  const { mode } = await Deno.stat(deno);
  if (mode !== null && (mode & 0o5) === 0o5 && await Deno.link(deno, path).then(() => true, () => false)) {
    return;
  }
  await Deno.copyFile(deno, path);
  await Deno.chmod(path, 0o755);
}

/** Puts it into `folder`; gives the words that start it. */
export async function install(folder: string): Promise<string[]> {
  const js = `${folder}/js`;
  await bundle(js);
  const deno = `${folder}/deno`;
  await putDeno(deno);
  return [deno, "run", "-A", "-q", "--no-config", `${js}/main.js`];
}
