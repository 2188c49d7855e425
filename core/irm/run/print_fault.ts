/**
 * Prints what is wrong: with a command line, or with what the IRMd was asked.
 *
 * @module
 */
import { IrmdError, type OuroError } from "../../contract/errors.ts";
import { type Fault, quote } from "../grammar/parse/fault.ts";
import type { Environment } from "./environment.ts";
import { printUsage } from "./print_help.ts";
import { suggest } from "./suggest.ts";

/** The sentence of the reference for an IRMd that does not answer. */
const NO_IRMD = "Failed to communicate with the Ouroboros IPC Resource Manager daemon.";

/** Prints the usage where that helps, then the fault and what would be valid; gives the exit status. */
export async function printFault(fault: Fault, environment: Environment): Promise<number> {
  const { message, word, valid, usage, type } = fault;
  if (usage) await printUsage(usage, type, environment);
  const lines = [message];
  if (valid && valid.length > 0) lines.push(`Valid here: ${valid.join(", ")}.`);
  else if (valid) lines.push("Nothing more is valid here.");
  const meant = word === undefined || !valid ? undefined : suggest(word, valid);
  if (meant !== undefined) lines.push(`Did you mean ${quote(meant)}?`);
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
