/**
 * Completion of command lines of `ouro`, from what the tools tell of themselves.
 *
 * @module
 */
import type { Candidate, Environment } from "../../tools/environment.ts";
import { SHOWN_TOOLS } from "../../tools/table.ts";
import { type LoadTool, STANDARD_OPTIONS, type Tool } from "../../tools/tool.ts";
import { FILES, valuesOf } from "./candidates.ts";

/**
 * Returns what may stand where the cursor is, one a line: the word, a tab, what it is. An empty word stands for
 * something that the shell knows itself: `files` or `commands`.
 *
 * @param words the words behind `ouro`; the last one, perhaps empty, is being typed
 */
export async function completeOuro(
  words: readonly string[],
  environment: Environment,
  load: LoadTool,
): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const lines = (await candidates(words, environment, load))
    .filter(({ word }) => word === "" || word.startsWith(typed))
    .map(({ word, help }) => `${word}\t${help}`);
  return [...new Set(lines)];
}

const VERSION: Candidate = { word: "--version", help: "print the version" };

async function candidates(
  [word = "", ...rest]: readonly string[],
  environment: Environment,
  load: LoadTool,
): Promise<readonly Candidate[]> {
  if (rest.length === 0) return [...SHOWN_TOOLS, VERSION];
  const tool = await load(word);
  if (!tool) return [FILES];
  if (word === "help" && rest.length > 1) {
    return await (await load(rest[0]))?.complete?.(rest.slice(1), environment) ?? [];
  }
  return await tool.complete?.(rest, environment) ?? await toolWords(tool, rest, environment);
}

async function toolWords(
  { options, operands = [] }: Tool,
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  const values = (value?: string) => valuesOf({ value }, () => Promise.resolve([]), environment);
  const optionOf = (word = "") =>
    options.find(({ long, short }) => word === `--${long}` || word === `-${short}`);
  const option = optionOf(words.at(-2));
  if (option?.value !== undefined) return await values(option.value);
  if (words.at(-2) === "as" && optionOf("--json")) return await values("format");
  const before = words.slice(0, -1).filter((word, at) =>
    !word.startsWith("-") && optionOf(words[at - 1])?.value === undefined
  );
  const operand = operands[before.length];
  const offered = operand?.values?.map((word) => {
    const named = SHOWN_TOOLS.find((shown) => shown.word === word);
    return { word, help: named?.help ?? operand.help };
  }) ?? [];
  return [
    ...offered,
    ...operand?.value === undefined && operand?.values ? [] : await values(operand?.value),
    ...[...options, ...STANDARD_OPTIONS].map(({ long, help }) => ({ word: `--${long}`, help })),
  ];
}
