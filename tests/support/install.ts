/**
 * An installation that any user of this machine can run: the bundled program and the deno that runs it, in one folder.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url).pathname;

/** Puts it into `folder`; gives the words that start it. */
export async function install(folder: string): Promise<string[]> {
  const js = `${folder}/js`;
  const flags = ["--platform", "deno", "--code-splitting", "--outdir", js];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "-q", ...flags, "main.ts"],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const deno = `${folder}/deno`;
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), deno);
  await Deno.chmod(deno, 0o755);
  return [deno, "run", "-A", "-q", "--no-config", `${js}/main.js`];
}
