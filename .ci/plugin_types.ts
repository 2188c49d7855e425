/**
 * The types of the contract in one file, for authors of plugins: `deno task types` makes them of `core/contract/` and puts them where
 * `ouro plugin new` has them from. They are kept in the tree, as a checkout and every form of the program read the same.
 *
 * @module
 */
import * as errors from "../core/contract/errors.ts";
import { PLUGIN_API_VERSION } from "../core/contract/plugin.ts";
import { output, ROOT, run } from "./programs.ts";

/** Where they are kept. */
export const TYPES = `${ROOT}/core/irm/plugin/skeletons/ouro.d.ts.txt`;
const ENTRY = "author_types";
const CONTRACT = `${ROOT}/core/contract`;

/** Returns the line that tells of which sources they were made. */
export async function digestLine(): Promise<string> {
  const listed = await output(["sh", "-c", "find . -name '*.ts' | LC_ALL=C sort | xargs cat | sha256sum"], {
    cwd: CONTRACT,
  });
  return `// Made from the contract ${listed.slice(0, 16)}: change nothing here.`;
}

async function makeTypes(): Promise<string> {
  const work = await Deno.makeTempDir({ prefix: "ouro-types-" });
  try {
    const path = `${CONTRACT}/${ENTRY}.ts`;
    await run([Deno.execPath(), "bundle", "-q", "--declaration", "--outdir", work, path], { cwd: ROOT });
    const file = `${work}/${ENTRY}.d.ts`;
    await Deno.writeTextFile(file, await headed(await Deno.readTextFile(file)));
    await run([Deno.execPath(), "fmt", "-q", "--no-config", "--line-width", "110", file]);
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

const COMMENT = /\/\*\*(?:(?!\*\/)[\s\S])*\*\//g;

/** What a comment says, however it is broken into lines. */
const wordsOf = (comment: string): string => comment.replaceAll(/[\s*]+/g, " ");

/** Returns the doc comments of a text, each as its lines without what they are indented by. */
export const commentsIn = (text: string): string[] =>
  [...text.matchAll(COMMENT)].map(([comment]) => comment.replaceAll(/\n\s*\*/g, "\n *"));

/** Returns the doc comments of the contract. */
export async function contractComments(): Promise<string[]> {
  const listed = await output(["find", ".", "-name", "*.ts"], { cwd: CONTRACT });
  const texts = listed.trim().split("\n").map((path) => Deno.readTextFile(`${CONTRACT}/${path}`));
  return (await Promise.all(texts)).flatMap(commentsIn);
}

async function headed(text: string): Promise<string> {
  const classes = Object.keys(errors).map((name) => `readonly ${name}: typeof ${name};`);
  // What makes the declarations writes some comments in one line, with the asterisks of the others.
  const written = new Map((await contractComments()).map((comment) => [wordsOf(comment), comment]));
  const declarations = text.replaceAll(/\/\*\*(?:(?!\*\/)[\s\S])*?@module\s*\*\/\n/g, "")
    .replaceAll(/^export \{\};\n/gm, "")
    .replaceAll(COMMENT, (comment) => written.get(wordsOf(comment)) ?? comment)
    .replaceAll(/([{}]) (?=\/\*\*|declare )/g, "$1\n").replaceAll("*/ ", "*/\n")
    .replace("typeof errors", "ErrorCatalogue");
  return [
    `// The types of version ${PLUGIN_API_VERSION} of the contract between ouro and its plugins.`,
    await digestLine(),
    declarations,
    "/** The catalogue of errors. */",
    `export interface ErrorCatalogue { ${classes.join(" ")} }`,
  ].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(TYPES, await makeTypes());
