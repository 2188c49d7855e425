/**
 * Runs `ouro impair`: impairs what an IPCP sends and receives below it, so that a bad path can be tried.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Environment } from "../run/environment.ts";
import { printError, printFault } from "../run/print_fault.ts";
import { parseImpair } from "./parse.ts";
import { report, usage } from "./print.ts";

/** Runs it; gives the exit status. */
export async function runImpair(words: readonly string[], environment: Environment): Promise<number> {
  if (words.length === 0 || ["help", "usage", "--help", "-h"].includes(words[0])) {
    environment.print(usage());
    return words.length === 0 ? 1 : 0;
  }
  const command = parseImpair(words);
  if (command.kind === "fault") return await printFault(command, environment);
  const { name, direction, impairment, json } = command;
  try {
    const answer = await environment.call("ipcp.impair", { name, direction, impairment });
    if (json) environment.print(JSON.stringify(answer, null, 2));
    else for (const line of report(name, answer)) environment.print(line);
    return 0;
  } catch (thrown) {
    return printError(asOuroError(thrown), "ouro impair", undefined, environment);
  }
}
