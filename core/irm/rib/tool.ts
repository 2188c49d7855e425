/**
 * `ouro rib`: lists and shows what IPCPs know and count, as the tree of files of the reference.
 *
 * @module
 */
import { NotFoundError, OuroError } from "../../contract/errors.ts";
import { systemClock } from "../../os/clock.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Candidate, Environment } from "../../tools/environment.ts";
import { type Listed, Rib } from "../../tools/rib/rib.ts";
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
  options: [
    { long: "tree", short: "t", help: "List all that is below the folder" },
    { long: "json", help: "The same as JSON; as JSON is the same" },
  ],
  notes: [
    "Behind the name of a folder stands a /. The same tree is a file system where the IRMd was started with --rib.",
  ],
  examples: ["ouro rib", "ouro rib --tree normal_1", "ouro rib normal_1/dt/0", "ouro rib normal_1/dht/stats"],
  complete: (words, environment) => completions(words.at(-1) ?? "", environment),
} as const satisfies Tool;

/** Something in a folder, with what is in it where all of it is wanted. */
type Row = Listed & { readonly entries?: readonly Row[] };

/** Runs the words behind `ouro rib`; gives the exit status. */
export const runRib = reported("ouro rib", async (words, environment) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
  const { tree, json } = parsed.options;
  const rib = ribOf(environment);
  const path = wordsOf(parsed.operands[0] ?? "");
  const found = await rib.find(path);
  const rows = found.kind === "file" ? [] : tree ? await rowsBelow(rib, path) : await found.list();
  if (json) {
    const file = found.kind === "file"
      ? { name: path.at(-1), kind: found.kind, text: found.text }
      : undefined;
    environment.print(JSON.stringify(file ?? rows, null, 2));
  } else if (found.kind === "file") environment.print(found.text.trimEnd());
  else if (rows.length > 0) environment.print(linesOf(rows).join("\n"));
  return 0;
});

/** Answers are kept for one command. */
const ribOf = ({ call }: Environment): Rib => new Rib(call, systemClock, Infinity);

const wordsOf = (path: string): string[] => path.split("/").filter((word) => word !== "");

/** Returns all that is below a folder, but for an IPCP that ends meanwhile. */
async function rowsBelow(rib: Rib, path: readonly string[]): Promise<readonly Row[]> {
  const listed = await rib.find(path).then((found) => found.kind === "folder" ? found.list() : []).catch(
    (thrown) => {
      if (thrown instanceof NotFoundError) return [];
      throw thrown;
    },
  );
  const rows: Row[] = [];
  for (const entry of listed) {
    rows.push(
      entry.kind === "file" ? entry : { ...entry, entries: await rowsBelow(rib, [...path, entry.name]) },
    );
  }
  return rows;
}

const linesOf = (rows: readonly Row[], indent = ""): string[] =>
  rows.flatMap(({ name, kind, entries = [] }) => [
    indent + (kind === "folder" ? `${name}/` : name),
    ...linesOf(entries, `${indent}    `),
  ]);

/** Offers what may stand at the end of a path. Without an answer, nothing is offered. */
async function completions(begun: string, environment: Environment): Promise<readonly Candidate[]> {
  if (begun.startsWith("-")) return TOOL.options.map(({ long, help }) => ({ word: `--${long}`, help }));
  const above = begun.slice(0, begun.lastIndexOf("/") + 1);
  try {
    const found = await ribOf(environment).find(wordsOf(above));
    if (found.kind === "file") return [];
    return linesOf(await found.list()).map((word) => ({ word: above + word, help: "" }));
  } catch (thrown) {
    if (thrown instanceof OuroError) return [];
    throw thrown;
  }
}

/** Runs it. */
export const run: Role = withSystem(runRib);
