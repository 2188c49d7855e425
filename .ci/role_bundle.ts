/**
 * Bundles a role of which a host runs many processes: nearly all that each of them loads is in one file, which costs it less than a
 * hundred chunks would that it shares with other roles. Nothing of it is shared with them: a process has one of both.
 *
 * @module
 */
import { ROOT, run } from "./programs.ts";

/** The module that runs the role, and that which lists the built-in plugins: paths from the root, without the ending. */
const ROLE = "core/ipcp/process/main", PLUGINS = "plugins/builtins";
/** Files of the role, and which modules they import later: some process may have no use for them, most have. */
const USED = {
  "core/ipcp/process/main.ts": ["./process.ts"],
  "core/ipcp/process/process.ts": ["../../os/net/networks.ts", "../connection/membership.ts"],
};

/** How the list of built-in plugins imports their code, and the paths by which it names that. */
const BY_PATH = "import(module + ending)", PATHS = /"(\.\/[\w/]+)"/g;

/**
 * Bundles the role of IPCPs, in place of what the bundle of all entry points has at its path.
 *
 * @param folder that of the other bundle
 * @param options those of every bundle
 */
export async function bundleIpcpd(folder: string, options: readonly string[]): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "ouro-role-" });
  try {
    const parts = ["core", "plugins", "deno.json", "deno.lock"];
    await run(["cp", "-R", ...parts.map((name) => `${ROOT}/${name}`), work]);
    for (const [file, later] of Object.entries(USED)) {
      await change(`${work}/${file}`, (text) => importAtOnce(text, later));
    }
    await change(`${work}/${PLUGINS}.ts`, pluginsAtOnce);
    const [name, ...above] = ROLE.split("/").reverse();
    await Deno.writeTextFile(`${work}/${name}.ts`, ENTRY);
    const target = `${folder}/${above.reverse().join("/")}`;
    await run([Deno.execPath(), "bundle", "-q", ...options, "--outdir", target, `${name}.ts`], { cwd: work });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** The role with the built-in plugins of this bundle: those of `main.ts` are in chunks of the other one. */
const ENTRY = `import { run as start } from "./${ROLE}.ts";
import { BUILTINS } from "./${PLUGINS}.ts";
const builtins = () => Promise.resolve(BUILTINS);
export const run: typeof start = (words, context) => start(words, { ...context, builtins });
`;

async function change(path: string, by: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, by(await Deno.readTextFile(path)));
}

/** Lets the text of a module import these modules at its beginning. */
function importAtOnce(text: string, specifiers: readonly string[]): string {
  const changed = specifiers.reduce(
    (text, specifier, index) => replaced(text, `import("${specifier}")`, `Promise.resolve(atOnce${index})`),
    text,
  );
  return importsOf(specifiers) + changed;
}

/** The same for the list of built-in plugins and their code. */
function pluginsAtOnce(text: string): string {
  const paths = [...new Set([...text.matchAll(PATHS)].map(([, path]) => path))];
  const table = paths.map((path, index) => `"${path}": atOnce${index}`);
  return `${importsOf(paths.map((path) => `${path}.ts`))}const AT_ONCE = { ${table.join(", ")} };\n` +
    replaced(text, BY_PATH, "Promise.resolve(AT_ONCE[module])");
}

function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`"${what}" is to be replaced, and is in no line of its module`);
  return text.replace(what, by);
}

const importsOf = (specifiers: readonly string[]): string =>
  specifiers.map((specifier, index) => `import * as atOnce${index} from "${specifier}";\n`).join("");
