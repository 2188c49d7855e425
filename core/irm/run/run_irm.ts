/**
 * Runs one command line of `irm`: reads it, asks the IRMd, prints the result. What only some command lines need is
 * loaded when they need it: a quick command pays for itself alone.
 *
 * @module
 */
import { asOuroError, type OuroError } from "../../contract/errors.ts";
import { IRM } from "../commands/tree.ts";
import type { Command, Request } from "../grammar/command.ts";
import { findCommand, type Found } from "../grammar/parse/find.ts";
import { needsPlugins, parseCommand, type Parsed } from "../grammar/parse/parse.ts";
import type { Environment } from "../../tools/environment.ts";

/** Runs the words behind `irm`; gives the exit status. */
export async function runIrm(words: readonly string[], environment: Environment): Promise<number> {
  try {
    if (words[0] === "--version") {
      const { VERSION_LINE } = await import("../../version.ts");
      environment.print(VERSION_LINE);
      return 0;
    }
    const found = findCommand(IRM, words);
    return await conclude(found.kind === "command" ? await read(found, environment) : found, environment);
  } catch (thrown) {
    return await report(asOuroError(thrown), "irm", undefined, environment);
  }
}

/** Runs the words behind one command; gives the exit status. */
export async function runCommand(
  command: Command,
  words: readonly string[],
  environment: Environment,
): Promise<number> {
  return await conclude(await read({ kind: "command", command, words }, environment), environment);
}

async function read(found: Found, environment: Environment): Promise<Parsed> {
  if (!needsPlugins(found)) return parseCommand(found, []);
  const { readWithPlugins } = await import("./plugin_source.ts");
  return await readWithPlugins(found, environment);
}

async function conclude(parsed: Parsed, environment: Environment): Promise<number> {
  switch (parsed.kind) {
    case "request":
      return await perform(parsed, environment);
    case "help": {
      const { printHelp } = await import("./printing.ts");
      await printHelp(parsed.node, environment);
      return parsed.status;
    }
    case "fault": {
      const { printFault } = await import("./printing.ts");
      return await printFault(parsed, environment);
    }
    case "typeless":
      environment.complain(`No IPCPs matching ${parsed.name} found.`);
      return 1;
  }
}

async function perform(request: Request, environment: Environment): Promise<number> {
  for (const warning of request.warnings) environment.complain(warning);
  const { path, failure, prepare, print, run } = request.command;
  try {
    if (run) {
      return await run(
        environment,
        async () => await (await import("./plugin_source.ts")).knownDeclarations(environment),
      );
    }
    const params = await prepare?.(request.params, environment) ?? request.params;
    const result = await environment.call(request.method, params);
    if (!print) return 0;
    if (request.shown.as !== "JSON") return print(result, request, environment);
    environment.print(JSON.stringify(result, null, 2));
    return 0;
  } catch (thrown) {
    return await report(asOuroError(thrown), path, failure, environment);
  }
}

async function report(
  error: OuroError,
  path: string,
  failure: string | undefined,
  environment: Environment,
): Promise<number> {
  const { printError } = await import("./printing.ts");
  return printError(error, path, failure, environment);
}
