/**
 * Prints help, and what is wrong: with a command line, or with what the IRMd was asked.
 *
 * @module
 */
import { asOuroError, IrmdError, type OuroError } from "../../contract/errors.ts";
import type { CommandLine } from "../../tools/command_line.ts";
import type { Tool, ToolOption } from "../../tools/tool.ts";
import { type Fault, quote } from "../grammar/parse/fault.ts";
import type { Environment } from "../../tools/environment.ts";
import { type Command, type Group, isGroup } from "../grammar/command.ts";
import { helpOf, usageOf } from "../grammar/help/usage.ts";
import { knownDeclarations } from "./plugin_source.ts";
import { suggest } from "../../tools/suggest.ts";

/** The sentence of the reference for an IRMd that does not answer. */
const NO_IRMD = "Failed to communicate with the Ouroboros IPC Resource Manager daemon.";

/** Prints the whole help of a level or a command; types and options are those of the plugins that there are. */
export async function printHelp(node: Group | Command, environment: Environment): Promise<void> {
  environment.print(helpOf(node, isGroup(node) ? [] : await knownDeclarations(environment)));
}

/** Prints the usage where that helps, then the fault and what would be valid; gives the exit status. */
export async function printFault(fault: Fault, environment: Environment): Promise<number> {
  const { message, word, valid, usage, type, note } = fault;
  if (usage) environment.print(usageOf(usage, await knownDeclarations(environment), type) + "\n");
  const lines = [message];
  if (valid && valid.length > 0) lines.push(`Valid here: ${valid.join(", ")}.`);
  else if (valid) lines.push("Nothing more is valid here.");
  const meant = word === undefined || !valid ? undefined : suggest(word, valid);
  if (meant !== undefined) lines.push(`Did you mean ${quote(meant)}?`);
  if (note !== undefined) lines.push(note);
  environment.complain(lines.join("\n"));
  return 1;
}

/** Prints an error; gives the exit status. `path` is the command, `failure` the sentence to begin with. */
export function printError(
  error: OuroError,
  path: string,
  failure: string | undefined,
  environment: Environment,
): number {
  if (error instanceof IrmdError) environment.complain(`${NO_IRMD}\n${path}: ${error.message}`);
  else environment.complain(`${failure === undefined ? "" : `${failure}\n`}${path}: ${error.message}`);
  return 1;
}

/** Prints that a word behind `ouro` is none of those that are valid; gives the exit status. */
export const printUnknown = (
  word: string,
  help: string,
  valid: readonly string[],
  environment: Environment,
): Promise<number> =>
  printFault(
    { kind: "fault", message: `${quote(word)} is unknown, try "ouro ${help}".`, word, valid },
    environment,
  );

/** Prints what the command line of a tool is answered with; gives the exit status. */
export function printAnswer(
  { usage, fault, status }: Exclude<CommandLine<readonly ToolOption[]>, { ok: true }>,
  { name, command = name }: Tool,
  environment: Environment,
): number {
  environment.print(usage.trimEnd());
  if (fault !== undefined) environment.complain(`${command}: ${fault}`);
  return status;
}

/** Makes `run` print the errors that it throws; `path` is the command. */
export const reported = <More extends unknown[]>(
  path: string,
  run: (words: readonly string[], environment: Environment, ...more: More) => Promise<number>,
): typeof run =>
async (words, environment, ...more) => {
  try {
    return await run(words, environment, ...more);
  } catch (thrown) {
    return printError(asOuroError(thrown), path, undefined, environment);
  }
};
