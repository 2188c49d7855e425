/**
 * `ouro completion`: prints the completion script of a shell.
 *
 * @module
 */
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Role, Tool } from "../../tools/tool.ts";
import { SHELLS } from "../completion/shells.ts";
import { printAnswer, printUnknown, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";

const NAMES = Object.keys(SHELLS);

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = {
  name: "completion",
  command: "ouro completion",
  description: "Prints a script that completes the words of all tools in a shell.",
  options: [],
  operands: [{ name: "shell", values: NAMES, help: NAMES.join(", ") }],
  notes: [
    "bash: source <(ouro completion bash)\nzsh: source <(ouro completion zsh)\nfish: ouro completion fish | source",
  ],
};

/** Runs `ouro completion WORDS…`. */
export const runCompletion = reported("ouro completion", async (words, environment) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
  const [shell] = parsed.operands;
  if (shell !== undefined && !NAMES.includes(shell)) {
    return await printUnknown(shell, "help completion", NAMES, environment);
  }
  if (shell === undefined) environment.complain(`ouro completion needs a word: ${NAMES.join(", ")}.`);
  else environment.print(SHELLS[shell].trimEnd());
  return shell === undefined ? 1 : 0;
});

/** Runs it. */
export const run: Role = withSystem(runCompletion);
