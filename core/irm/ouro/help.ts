/**
 * `ouro help`: the list of tools, or the help of one.
 *
 * @module
 */
import { formatRows } from "../../tools/columns.ts";
import { parseCommandLine, usageOf } from "../../tools/command_line.ts";
import { SHOWN_TOOLS, TOOLS } from "../../tools/table.ts";
import type { Role, RoleContext, Tool } from "../../tools/tool.ts";
import { printAnswer, printUnknown, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = {
  name: "help",
  command: "ouro help",
  description: "Lists the tools, or helps with one of them.",
  options: [],
  operands: [
    { name: "word", values: SHOWN_TOOLS.map(({ word }) => word), help: "A tool; without it, all are listed" },
    { name: "command", repeated: true, help: "A command of irm" },
  ],
};

/** Returns the list of the tools. */
export function overview(): string {
  const links = TOOLS.filter(({ program, internal }) => program && !internal).map(({ word }) => word);
  return [
    "Usage: ouro WORD ...",
    "",
    "where WORD in",
    ...formatRows(SHOWN_TOOLS.map(({ word, help }) => [word, help] as const), 4, 14),
    "",
    `Links to ouro named ${links.join(", ")} behave as those words.`,
    "ouro help WORD tells more; ouro --version prints the version.",
  ].join("\n");
}

/** Runs `ouro help WORDS…`. */
export const runHelp = reported(
  "ouro help",
  async (words, environment, { tool: load }: Pick<RoleContext, "tool">) => {
    const parsed = parseCommandLine(TOOL, words);
    if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
    const [word, ...rest] = parsed.operands;
    if (word === undefined) {
      environment.print(overview());
      return 0;
    }
    const tool = await load(word);
    if (!tool) return await printUnknown(word, "help", SHOWN_TOOLS.map(({ word }) => word), environment);
    if (tool.help) return await tool.help(rest, environment);
    environment.print(usageOf(tool).trimEnd());
    return 0;
  },
);

/** Runs it. */
export const run: Role = withSystem(runHelp);
