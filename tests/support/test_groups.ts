/**
 * Files of tests that share a worker of `deno test`: each worker costs half a second of a processor before its first test, which is more
 * than most files need.
 *
 * @module
 */

/** These have a worker each: their tests start processes, or take long. */
const LONG = /^tests\/(networks|processes|simulation|wireshark)\//;

/**
 * What `deno test` is to run in place of these files and folders, what takes longest first: no processor is idle at the end then.
 *
 * @param folder where modules are written that import the files of a group
 */
export async function inGroups(paths: readonly string[], folder: string): Promise<string[]> {
  const files = (await Promise.all(paths.map(testsIn))).flat().sort();
  const kinds = await Promise.all(files.map(async (file) => ({ file, group: await groupOf(file) })));
  const groups = [...Map.groupBy(kinds, ({ group }) => group)]
    .sort(([, { length: one }], [, { length: other }]) => other - one)
    .map(async ([group, members]) => {
      const module = `${folder}/${group.replaceAll("/", "-")}_test.ts`;
      const urls = members.map(({ file }) => new URL(file, `file://${Deno.cwd()}/`));
      await Deno.writeTextFile(module, urls.map(({ href }) => `import "${href}";\n`).join(""));
      return members.length === 1 || group === "" ? members.map(({ file }) => file) : [module];
    });
  return (await Promise.all(groups)).flat();
}

/** A folder of a floor (`core/irm`); of others, the first one. Empty: the file has a worker of its own. */
async function groupOf(file: string): Promise<string> {
  // What `deno test` compares with stands beside the main module.
  if (LONG.test(file) || /\bassertSnapshot\b/.test(await Deno.readTextFile(file))) return "";
  const [first, second] = file.split("/");
  return first === "core" || /^plugins\/(directory|eth|routing|udp|unicast)\//.test(file)
    ? `${first}/${second}`
    : first;
}

/** Returns the files of tests in a folder; a file is given back. */
async function testsIn(path: string): Promise<string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    const inside = `${path.replace(/\/$/, "")}/${name}`;
    if (isDirectory) found.push(...await testsIn(inside));
    else if (name.endsWith("_test.ts")) found.push(inside);
  }
  return found;
}
