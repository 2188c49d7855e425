/**
 * `irm`: commands the IRMd.
 *
 * @module
 */
import type { Role, Tool } from "../tools/tool.ts";
import { runIrm } from "./run/run_irm.ts";
import { withSystem } from "./run/system_environment.ts";

/** What help, manual page and completion tell of it, beside its table of commands. */
export const TOOL: Tool = {
  name: "irm",
  description: "Gives commands to the IRM daemon.",
  options: [],
  help: (words, environment) => runIrm(["help", ...words], environment),
  complete: async (words, environment) =>
    await (await import("./completion/complete.ts")).irmWords(words, environment),
  page: async (plugins) => (await import("./man/irm_pages.ts")).irmPage(plugins),
};

/** Runs `irm`. */
export const run: Role = withSystem(runIrm);
