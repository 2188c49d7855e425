/**
 * Runs `ouro impair`: impairs what an IPCP sends and receives below it, so that a bad path can be tried.
 *
 * @module
 */
import { VERSION_LINE } from "../../version.ts";
import { printFault, reported } from "../run/print_fault.ts";
import { parseImpair } from "./parse.ts";
import { report, usage } from "./print.ts";

/** Runs it; gives the exit status. */
export const runImpair = reported("ouro impair", async (words, environment) => {
  if (words[0] === "--version") {
    environment.print(VERSION_LINE);
    return 0;
  }
  if (words.length === 0 || ["help", "usage", "--help", "-h"].includes(words[0])) {
    environment.print(usage());
    return words.length === 0 ? 1 : 0;
  }
  const command = parseImpair(words);
  if (command.kind === "fault") return await printFault(command, environment);
  const { name, direction, impairment, json } = command;
  const answer = await environment.call("ipcp.impair", { name, direction, impairment });
  if (json) environment.print(JSON.stringify(answer, null, 2));
  else for (const line of report(name, answer)) environment.print(line);
  return 0;
});
