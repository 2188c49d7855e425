/**
 * `ouro impair`: impairs what an IPCP sends and receives below it, so that a bad path can be tried.
 *
 * @module
 */
import type { Role, Tool } from "../../tools/tool.ts";
import { isHelpWord } from "../grammar/parse/match.ts";
import { reported } from "../run/printing.ts";
import { runCommand } from "../run/run_irm.ts";
import { withSystem } from "../run/system_environment.ts";
import { VERSION_LINE } from "../../version.ts";
import { IMPAIR } from "./command.ts";
import { usage } from "./print.ts";

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = {
  name: "impair",
  command: "ouro impair",
  description: "Impairs what an IPCP sends and receives below it.",
  options: [],
  help: (_words, environment) => runImpair(["help"], environment),
  complete: async (words, environment) =>
    await (await import("../completion/complete.ts")).commandWords(IMPAIR, words.slice(0, -1), environment),
  page: async () => (await import("./page.ts")).IMPAIR_PAGE,
};

/** Runs the words behind `ouro impair`; gives the exit status. */
export const runImpair = reported("ouro impair", async (words, environment) => {
  if (words[0] === "--version") {
    environment.print(VERSION_LINE);
    return 0;
  }
  if (words.length > 0 && !isHelpWord(words[0])) return await runCommand(IMPAIR, words, environment);
  environment.print(usage());
  return words.length === 0 ? 1 : 0;
});

/** Runs `ouro impair`. */
export const run: Role = withSystem(runImpair);
