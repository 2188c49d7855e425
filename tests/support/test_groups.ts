/**
 * Files of tests that share a worker of `deno test`: each worker costs half a second of a processor before its first test, which is more
 * than most files need.
 *
 * @module
 */

/** Tests here start processes, or take long: a few files share a worker. */
const LONG = /^tests\/(networks|processes|simulation|wireshark)\//;
const FEW = 4;

/** Files that run in one worker. */
interface Group {
  /** What lines of output begin with. */
  readonly name: string;
  readonly files: string[];
}

/**
 * What `deno test` is to run in place of these files and folders, what takes longest first: no processor is idle at the end then.
 *
 * @param folder where modules are written that import the files of a group
 */
export async function inGroups(paths: readonly string[], folder: string): Promise<string[]> {
  const files = (await Promise.all(paths.map(testsIn))).flat().sort();
  // What such a file compares with is looked for beside the module that a worker begins with.
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  const alone = files.filter((_, index) => /\bassertSnapshot\b/.test(texts[index]));
  const others = files.filter((file) => !alone.includes(file));
  const long = groupsOf(others.filter((file) => LONG.test(file))).flatMap(({ name, files }) =>
    Array.from({ length: Math.ceil(files.length / FEW) }, (_, index) => ({
      name: `${name}-${index + 1}`,
      files: files.slice(index * FEW, (index + 1) * FEW),
    }))
  );
  const rooms = groupsOf(others.filter((file) => !LONG.test(file)))
    .sort((one, other) => other.files.length - one.files.length);
  const made = (groups: readonly Group[]) => Promise.all(groups.map((group) => moduleOf(group, folder)));
  return [...await made(long), ...alone, ...await made(rooms)];
}

function groupsOf(files: readonly string[]): Group[] {
  return [...Map.groupBy(files, groupOf)].map(([name, files]) => ({ name, files }));
}

/** A folder of a floor, as `core-irm`; of others, the first one. */
function groupOf(file: string): string {
  const [first, second] = file.split("/");
  return first === "core" || /^plugins\/(directory|eth|routing|udp|unicast)\//.test(file) || LONG.test(file)
    ? `${first}-${second}`
    : first;
}

async function moduleOf({ name, files }: Group, folder: string): Promise<string> {
  if (files.length === 1) return files[0];
  const module = `${folder}/${name}_test.ts`;
  const urls = files.map((file) => new URL(file, `file://${Deno.cwd()}/`));
  await Deno.writeTextFile(module, urls.map(({ href }) => `import "${href}";\n`).join(""));
  return module;
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
