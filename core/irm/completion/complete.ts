/**
 * Completion of command lines of `irm`, from the table that parses them.
 *
 * @module
 */
import { type Command, type Group, isGroup, type Keyword } from "../grammar/command.ts";
import { IRM } from "../commands/tree.ts";
import { childOf } from "../grammar/parse/find.ts";
import { asksForHelp } from "../grammar/parse/match.ts";
import { optionKeywords } from "../grammar/parse/parse.ts";
import { type Scan, scan } from "../grammar/parse/scan.ts";
import type { Candidate, Environment } from "../../tools/environment.ts";
import { knownDeclarations } from "../run/plugin_source.ts";
import { FILES, valuesOf } from "./candidates.ts";

const HELP: Candidate = { word: "help", help: "show what there is" };

/** Returns what may stand in the place of the last of the words behind `irm`. */
export async function irmWords(
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  const before = words.slice(0, -1);
  let node: Group | Command = IRM;
  let at = 0;
  let help = false;
  while (isGroup(node) && at < before.length) {
    const child: Group | Command | undefined = childOf(node, before[at]);
    if (child) node = child;
    else if (!help && asksForHelp(before[at])) help = true;
    else return [];
    at += 1;
  }
  if (isGroup(node)) return childrenOf(node, help);
  if (help) return [];
  return await commandWords(node, before.slice(node.keepsWord ? at - 1 : at), environment);
}

function childrenOf(group: Group, help: boolean): Candidate[] {
  const shown = group.children.filter((child) => isGroup(child) || !child.old);
  return [...shown.map(({ word, help }) => ({ word, help })), ...help ? [] : [HELP]];
}

/** Returns what may stand behind the words of a command. */
export async function commandWords(
  command: Command,
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  const plugins = () => knownDeclarations(environment);
  const keywords = command.takesOptions
    ? optionKeywords({ kind: "command", command, words }, await plugins()).keywords
    : command.keywords;
  if (command.first && words.length === 0) {
    return [...await valuesOf(command.first, plugins, environment), HELP];
  }
  const found = scan(command, keywords, words);
  if (found.help || found.fault) return [];
  if (found.rest) return [FILES];
  if (found.pending) return await valuesOf(found.pending, plugins, environment);
  return keywordsLeft(command, keywords, found, words.length === 0);
}

function keywordsLeft(
  command: Command,
  keywords: readonly Keyword[],
  { given }: Scan,
  atStart: boolean,
): Candidate[] {
  const left = keywords.filter((keyword) => keyword.most !== undefined || !given.has(keyword));
  const words = left.map(({ name, shown, help }) => ({ word: shown ?? name, help }));
  const rest = command.rest !== undefined && [...given.keys()].some(({ name }) => name === "auto")
    ? [{ word: "--", help: "the arguments of the program follow" }]
    : [];
  return [...words, ...rest, ...atStart ? [HELP] : []];
}
