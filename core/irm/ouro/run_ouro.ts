/**
 * Runs the words behind `ouro` that are no role of their own.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { VERSION, VERSION_LINE } from "../../version.ts";
import { formatRows } from "../grammar/help/columns.ts";
import { quote } from "../grammar/parse/fault.ts";
import type { Environment } from "../run/environment.ts";
import { knownPlugins } from "../run/known_plugins.ts";
import { printError, printFault } from "../run/print_fault.ts";
import { runIrm } from "../run/run_irm.ts";
import { OURO_WORDS } from "./words.ts";

/** Runs them; gives the exit status. */
export async function runOuro(words: readonly string[], environment: Environment): Promise<number> {
  try {
    return await run(words, environment);
  } catch (thrown) {
    return printError(asOuroError(thrown), "ouro", undefined, environment);
  }
}

async function run([word, ...rest]: readonly string[], environment: Environment): Promise<number> {
  switch (word) {
    case undefined:
      environment.print(overview());
      return 0;
    case "help":
    case "usage":
    case "--help":
    case "-h":
      return await help(rest, environment);
    case "version":
    case "--version":
      environment.print(VERSION_LINE);
      return 0;
    case "man":
      return await man(rest, environment);
    case "completion":
      return await completion(rest, environment);
    case "__complete": {
      const { completeOuro } = await import("./complete.ts");
      for (const line of await completeOuro(rest, environment)) environment.print(line);
      return 0;
    }
  }
  return await unknown(word, "help", OURO_WORDS.map(({ word }) => word), environment);
}

function overview(): string {
  return [
    "Usage: ouro WORD ...",
    "",
    "where WORD in",
    ...formatRows(OURO_WORDS.map(({ word, help }) => [word, help] as const), 4, 14),
    "",
    "Links to ouro named irmd, irm, oping behave as those words.",
    "ouro help WORD tells more; ouro --version prints the version.",
  ].join("\n");
}

async function help(words: readonly string[], environment: Environment): Promise<number> {
  const [word, ...rest] = words;
  if (word === undefined) {
    environment.print(overview());
    return 0;
  }
  const found = OURO_WORDS.find((known) => known.word === word);
  if (!found) return await unknown(word, "help", OURO_WORDS.map(({ word }) => word), environment);
  if (word === "impair") {
    const { usage } = await import("../impair/print.ts");
    environment.print(usage());
    return 0;
  }
  if (word === "irm") return await runIrm(["help", ...rest], environment);
  const tool = await found.tool?.();
  if (tool) {
    const { usageOf } = await import("../../tools/command_line.ts");
    environment.print(usageOf(tool).trimEnd());
  } else if (word === "irmd") {
    const { DAEMON_OPTIONS } = await import("../daemon_options.ts");
    const rows = DAEMON_OPTIONS.map(({ long, value, help }) =>
      [value === undefined ? long : `${long} <${value}>`, help] as const
    );
    environment.print(["Usage: irmd [OPTION] ...", "", ...formatRows(rows, 4, 20)].join("\n"));
  } else {
    environment.print(`ouro ${word}: ${found.help}${USES[word] ?? ""}`);
  }
  return 0;
}

/** How the words are used that have no help of their own. */
const USES: Readonly<Record<string, string>> = {
  help: "\n\nUsage: ouro help [WORD ...]",
  man: "\n\nUsage: ouro man NAME | man -l -",
  completion: "\n\nUsage: source <(ouro completion bash)\n" +
    "       source <(ouro completion zsh)\n       ouro completion fish | source",
  plugins: "\n\nUsage: ouro plugins [--plugin FILE] ... [as JSON]",
};

async function man(words: readonly string[], environment: Environment): Promise<number> {
  const { manPage, PAGES } = await import("../man/pages.ts");
  const name = await onlyWord(words, "man", Object.keys(PAGES), environment);
  if (name === undefined) return 1;
  const plugins = (await knownPlugins(environment)).map(({ declaration }) => declaration);
  environment.print(manPage(name, plugins, VERSION) ?? "");
  return 0;
}

async function completion(words: readonly string[], environment: Environment): Promise<number> {
  const { SHELLS } = await import("./shells.ts");
  const shell = await onlyWord(words, "completion", Object.keys(SHELLS), environment);
  if (shell === undefined) return 1;
  environment.print(SHELLS[shell].trimEnd());
  return 0;
}

/** The only word, when it is one of those that are valid; else says so. */
async function onlyWord(
  words: readonly string[],
  command: string,
  valid: readonly string[],
  environment: Environment,
): Promise<string | undefined> {
  const fault = words.length === 0 ? undefined : words.find((word, at) => at > 0 || !valid.includes(word));
  if (words.length > 0 && fault === undefined) return words[0];
  if (fault === undefined) environment.complain(`ouro ${command} needs a word: ${valid.join(", ")}.`);
  else await unknown(fault, `help ${command}`, fault === words[0] ? valid : [], environment);
  return undefined;
}

function unknown(word: string, help: string, valid: readonly string[], environment: Environment) {
  return printFault(
    { kind: "fault", message: `${quote(word)} is unknown, try "ouro ${help}".`, word, valid },
    environment,
  );
}
