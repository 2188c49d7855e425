/**
 * Prints help and usage.
 *
 * @module
 */
import { type Command, type Group, isGroup } from "../grammar/command.ts";
import { helpOf, usageOf } from "../grammar/help/usage.ts";
import type { Environment } from "../../tools/environment.ts";
import { knownDeclarations } from "./plugin_source.ts";

/** Prints the whole help of a level or a command; types and options are those of the plugins that there are. */
export async function printHelp(node: Group | Command, environment: Environment): Promise<void> {
  const plugins = isGroup(node) ? [] : await knownDeclarations(environment);
  environment.print(helpOf(node, plugins));
}

/** Prints the keywords of a command, and the options of one type. */
export async function printUsage(
  command: Command,
  type: string | undefined,
  environment: Environment,
): Promise<void> {
  environment.print(usageOf(command, await knownDeclarations(environment), type) + "\n");
}
