/**
 * `ouro rib`: lists and shows what IPCPs know and count, as the tree of files of the reference.
 *
 * @module
 */
import { NotFoundError, OuroError } from "../../contract/errors.ts";
import { systemClock } from "../../os/clock.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Candidate, Environment } from "../../tools/environment.ts";
import { Rib } from "../../tools/rib/rib.ts";
import type { Role, Tool } from "../../tools/tool.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "rib",
  command: "ouro rib",
  description: "Lists and shows what the IPCPs of this host know and count, as a tree of files.",
  operands: [{
    name: "PATH",
    help: "A folder, which is listed, or a file, which is shown; left out: the IPCPs",
  }],
  options: [{ long: "tree", short: "t", help: "List all that is below the folder" }],
  notes: [
    "Behind the name of a folder stands a /. The same tree is a file system where the IRMd was started with --rib.",
  ],
  examples: ["ouro rib", "ouro rib --tree normal_1", "ouro rib normal_1/dt/0", "ouro rib normal_1/dht/stats"],
  complete: (words, environment) => completions(words.at(-1) ?? "", environment),
} as const satisfies Tool;

/** Runs the words behind `ouro rib`; gives the exit status. */
export const runRib = reported("ouro rib", async (words, environment) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
  const rib = ribOf(environment);
  const path = wordsOf(parsed.operands[0] ?? "");
  const found = await rib.find(path);
  if (found.kind === "file") environment.print(found.text.trimEnd());
  else {
    const lines = parsed.options.tree ? await treeLines(rib, path, "") : listLines(await found.list());
    if (lines.length > 0) environment.print(lines.join("\n"));
  }
  return 0;
});

/** Answers are kept for one command. */
const ribOf = ({ call }: Environment): Rib => new Rib(call, systemClock, Infinity);

const wordsOf = (path: string): string[] => path.split("/").filter((word) => word !== "");

const listLines = (entries: readonly { readonly name: string; readonly kind: string }[]): string[] =>
  entries.map(({ name, kind }) => kind === "folder" ? `${name}/` : name);

/** Lists all below a folder, but for an IPCP that ends meanwhile. */
async function treeLines(rib: Rib, path: readonly string[], indent: string): Promise<string[]> {
  const entries = await rib.find(path).then((found) => found.kind === "folder" ? found.list() : []).catch(
    (thrown) => {
      if (thrown instanceof NotFoundError) return [];
      throw thrown;
    },
  );
  const lines: string[] = [];
  for (const entry of entries) {
    lines.push(...listLines([entry]).map((line) => indent + line));
    if (entry.kind === "folder") lines.push(...await treeLines(rib, [...path, entry.name], `${indent}    `));
  }
  return lines;
}

/** Offers what may stand at the end of a path. Without an answer, nothing is offered. */
async function completions(begun: string, environment: Environment): Promise<readonly Candidate[]> {
  if (begun.startsWith("-")) return [{ word: "--tree", help: TOOL.options[0].help }];
  const above = begun.slice(0, begun.lastIndexOf("/") + 1);
  try {
    const found = await ribOf(environment).find(wordsOf(above));
    if (found.kind === "file") return [];
    return listLines(await found.list()).map((word) => ({ word: above + word, help: "" }));
  } catch (thrown) {
    if (thrown instanceof OuroError) return [];
    throw thrown;
  }
}

/** Runs it. */
export const run: Role = withSystem(runRib);
