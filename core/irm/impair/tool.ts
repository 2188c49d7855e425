/**
 * `ouro impair`: impairs what an IPCP sends and receives below it, so that a bad path can be tried.
 *
 * @module
 */
import type { Role, Tool } from "../../tools/tool.ts";
import { withSystem } from "../run/system_environment.ts";
import { runImpair } from "./run_impair.ts";

/** What help, manual page and completion tell of it. */
export const TOOL: Tool = {
  name: "impair",
  command: "ouro impair",
  description: "Impairs what an IPCP sends and receives below it.",
  options: [],
  help: (_words, environment) => runImpair(["help"], environment),
  complete: async (words, environment) =>
    await (await import("./complete.ts")).impairWords(words, environment),
  page: async () => (await import("./page.ts")).IMPAIR_PAGE,
};

/** Runs `ouro impair`. */
export const run: Role = withSystem(runImpair);
