/**
 * Has the types of a plugin's file checked, by the compiler that is at hand.
 *
 * @module
 */
import { findProgram, outputOf } from "../../os/process/programs.ts";
import { NotFoundError, PermissionError } from "../../contract/errors.ts";
import { TYPES, TYPES_FILE } from "./skeletons.ts";

/** What came of it. */
export interface TypeCheck {
  /** `unchecked`: there is no compiler, or nothing to check. */
  readonly state: "right" | "wrong" | "unchecked";
  /** In words: who has checked, what is wrong, or why nothing was checked. */
  readonly text: string;
}

/** The name by which plugins import the types where they come from a package. */
const PACKAGE = "@ouro/ouro";
/** Files that say where packages come from. */
const CONFIGURATIONS = ["deno.json", "deno.jsonc", "package.json", "tsconfig.json"];

/** How a compiler is called. */
interface Compiler {
  readonly name: string;
  readonly program: string;
  readonly args: (files: readonly string[], configuration: string | undefined) => readonly string[];
}

/** Checks the types of files, all in one folder. */
export async function checkTypes(files: readonly string[]): Promise<TypeCheck> {
  const typed = files.filter((file) => /\.m?ts$/.test(file));
  if (typed.length === 0) return { state: "unchecked", text: "JavaScript has none to check" };
  const compiler = theCompiler();
  if (!compiler) {
    return { state: "unchecked", text: "neither deno nor tsc is on the PATH, so nobody has checked them" };
  }
  const work = await Deno.makeTempDir({ prefix: "ouro-types-" });
  try {
    const absolute = await Promise.all(typed.map((file) => Deno.realPath(file)));
    const configuration = compiler.name === "tsc" || await needsPackage(absolute)
      ? await writeConfiguration(work, absolute)
      : undefined;
    const { success, text } = await outputOf(
      compiler.program,
      compiler.args(
        absolute,
        configuration && `${configuration}/${compiler.name === "tsc" ? "tsconfig" : "deno"}.json`,
      ),
      absolute[0].slice(0, absolute[0].lastIndexOf("/")),
    );
    return success
      ? { state: "right", text: `checked by ${compiler.name}` }
      : { state: "wrong", text: text.trim() };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

const DENO = (program: string, name: string): Compiler => ({
  name,
  program,
  args: (files, configuration) => [
    "check",
    "--quiet",
    "--no-lock",
    ...configuration === undefined ? [] : ["--config", configuration],
    ...files,
  ],
});

/** The runtime of this process where it is one that compiles, else what is on the PATH. */
function theCompiler(): Compiler | undefined {
  if (!Deno.build.standalone) return DENO(Deno.execPath(), "deno");
  const [deno, tsc] = ["deno", "tsc"].map(whereIs);
  if (deno !== undefined) return DENO(deno, "deno");
  if (tsc === undefined) return undefined;
  return { name: "tsc", program: tsc, args: (_files, configuration = "") => ["-p", configuration] };
}

function whereIs(word: string): string | undefined {
  try {
    return findProgram(word);
  } catch (thrown) {
    if (thrown instanceof NotFoundError || thrown instanceof PermissionError) return undefined;
    throw thrown;
  }
}

/** Whether the files import the types by the name of the package, and nothing says where that is. */
async function needsPackage([first, ...more]: readonly string[]): Promise<boolean> {
  const texts = await Promise.all([first, ...more].map((file) => Deno.readTextFile(file)));
  if (!texts.some((text) => text.includes(PACKAGE))) return false;
  for (let folder = first; folder !== "";) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    for (const name of CONFIGURATIONS) {
      if ((await readable(`${folder}/${name}`)).includes(PACKAGE)) return false;
    }
  }
  return true;
}

/** Returns the text of a file; nothing where it cannot be read. */
const readable = (path: string): Promise<string> => Deno.readTextFile(path).catch(() => "");

/** Writes what says where the types of the package are; gives the folder. */
async function writeConfiguration(folder: string, files: readonly string[]): Promise<string> {
  const types = `${folder}/${TYPES_FILE}`;
  await Deno.writeTextFile(types, TYPES);
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports: { [PACKAGE]: types } }));
  const compilerOptions = {
    target: "esnext",
    module: "preserve",
    moduleResolution: "bundler",
    lib: ["esnext"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: { [PACKAGE]: [types] },
  };
  await Deno.writeTextFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
  return folder;
}
