/**
 * Completion of command lines of `ouro`.
 *
 * @module
 */
import { type Candidate, FILES, ipcps, names } from "../grammar/completion/candidates.ts";
import { completeIrm, format } from "../grammar/completion/complete.ts";
import { SHELLS } from "./shells.ts";
import { impairWords } from "../impair/complete.ts";
import { DAEMON_OPTIONS } from "../daemon_options.ts";
import { PAGES } from "../man/pages.ts";
import type { Environment } from "../run/environment.ts";
import type { Tool } from "../../tools/command_line.ts";
import { OURO_WORDS } from "./words.ts";

/** As {@link completeIrm}, for the words behind `ouro`. */
export async function completeOuro(words: readonly string[], environment: Environment): Promise<string[]> {
  const [role, ...rest] = words;
  if (rest.length === 0) return format([...OURO_WORDS, VERSION], role ?? "");
  if (role === "irm") return await completeIrm(rest, environment);
  return format(await candidates(role, rest, environment), rest.at(-1) ?? "");
}

const VERSION = { word: "--version", help: "print the version" };

async function candidates(
  role: string,
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  const first = words.length === 1;
  switch (role) {
    case "irmd":
      return daemonWords(words.at(-2));
    case "help":
      if (words[0] === "irm" && !first) return plain(await completeIrm(words.slice(1), environment));
      return first ? OURO_WORDS : [];
    case "man":
      return first ? Object.keys(PAGES).map((word) => ({ word, help: "manual page" })) : [];
    case "completion":
      return first ? Object.keys(SHELLS).map((word) => ({ word, help: "shell" })) : [];
    case "impair":
      return await impairWords(words, environment);
    case "plugins":
      return pluginsWords(words.at(-2));
  }
  const tool = await OURO_WORDS.find(({ word }) => word === role)?.tool?.();
  return tool ? await toolWords(tool, words, environment) : [FILES];
}

const plain = (lines: readonly string[]): Candidate[] =>
  lines.map((line) => ({ word: line.split("\t")[0], help: line.split("\t")[1] ?? "" }));

function daemonWords(previous: string | undefined): readonly Candidate[] {
  if (DAEMON_OPTIONS.some(({ long, value }) => long === previous && value !== undefined)) return [FILES];
  return DAEMON_OPTIONS.map(({ long, help }) => ({ word: long, help }));
}

function pluginsWords(previous: string | undefined): readonly Candidate[] {
  if (previous === "--plugin") return [FILES];
  if (previous === "as") return [{ word: "JSON", help: "form of the output" }];
  return [{ word: "as", help: "form of the output" }, { word: "--plugin", help: "look into this file, too" }];
}

async function toolWords(
  tool: Tool,
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  const optionOf = (word = "") =>
    tool.options.find(({ long, short }) => word === `--${long}` || word === `-${short}`);
  const option = optionOf(words.at(-2));
  if (option?.value !== undefined) return option.value === "name" ? await names(environment) : [];
  const before = words.slice(0, -1).filter((word, at) =>
    !word.startsWith("-") && optionOf(words[at - 1])?.value === undefined
  );
  const operand = tool.operands?.[before.length];
  const offered = operand?.value === "ipcp"
    ? await ipcps(environment)
    : operand?.value === "file"
    ? [FILES]
    : [];
  return [...offered, ...tool.options.map(({ long, help }) => ({ word: `--${long}`, help }))];
}
