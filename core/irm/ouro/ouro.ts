/**
 * `ouro` without a tool: the list of tools, the version, what completion scripts ask, and every word that is unknown.
 *
 * @module
 */
import { SHOWN_TOOLS } from "../../tools/table.ts";
import type { LoadTool, Role, RoleContext } from "../../tools/tool.ts";
import type { Environment } from "../../tools/environment.ts";
import { VERSION_LINE } from "../../version.ts";
import { printUnknown, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";
import { overview } from "./help.ts";

/** Runs `ouro WORDS…`, where the first of them is no tool. */
export const runOuro = reported(
  "ouro",
  async (words, environment, { tool: load }: Pick<RoleContext, "tool">) => {
    const [word, ...rest] = words;
    switch (word) {
      case undefined:
      case "usage":
      case "--help":
      case "-h":
        environment.print(overview());
        return 0;
      case "version":
      case "--version":
        environment.print(VERSION_LINE);
        return 0;
      case "__complete":
        return await complete(rest, environment, load);
    }
    return await printUnknown(word, "help", SHOWN_TOOLS.map(({ word }) => word), environment);
  },
);

async function complete(words: readonly string[], environment: Environment, load: LoadTool): Promise<number> {
  const { completeOuro } = await import("../completion/complete_ouro.ts");
  for (const line of await completeOuro(words, environment, load)) environment.print(line);
  return 0;
}

/** Runs it. */
export const run: Role = withSystem(runOuro);
