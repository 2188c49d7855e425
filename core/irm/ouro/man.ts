/**
 * `ouro man`: shows a manual page on a terminal, and prints it in roff into a file or a pipe.
 *
 * @module
 */
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Role, RoleContext, Tool } from "../../tools/tool.ts";
import { VERSION } from "../../version.ts";
import { manualPage, PAGE_NAMES } from "../man/pages.ts";
import { knownDeclarations } from "../run/plugin_source.ts";
import { printAnswer, printUnknown, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = {
  name: "man",
  command: "ouro man",
  description: "Shows a manual page; into a pipe or a file it is written in roff, as man reads it",
  options: [],
  operands: [{ name: "name", values: PAGE_NAMES, help: "A tool, or ouroboros for all of it" }],
};

/** Runs `ouro man WORDS…`. */
export const runMan = reported(
  "ouro man",
  async (words, environment, { tool: load }: Pick<RoleContext, "tool">) => {
    const parsed = parseCommandLine(TOOL, words);
    if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
    const [name] = parsed.operands;
    if (name === undefined) {
      environment.complain(`ouro man needs a word: ${PAGE_NAMES.join(", ")}.`);
      return 1;
    }
    const page = await manualPage(name, load, () => knownDeclarations(environment), VERSION);
    if (page === undefined) return await printUnknown(name, "help man", PAGE_NAMES, environment);
    const terminal = await environment.terminal();
    if (terminal) {
      const { terminalPage } = await import("../man/terminal_page.ts");
      const { columns, styles, show } = terminal;
      await show(terminalPage(page, columns, styles).join("\n"));
    } else environment.print(page);
    return 0;
  },
);

/** Runs it. */
export const run: Role = withSystem(runMan);
