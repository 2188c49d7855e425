/**
 * The part of a manual page that describes commands of irm, from their table.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import { type Command, type Group, type Keyword } from "../grammar/command.ts";
import { commandsOf } from "../commands/tree.ts";
import {
  keywordWords,
  optionHelp,
  optionWords,
  shownKeywords,
  type Words,
} from "../grammar/help/keywords.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";
import { bold, indented, italic, item, literal, plain, subheading } from "../../tools/roff.ts";

/** Describes all commands of a group, each with its keywords. */
export function commandsPart(node: Group | Command, plugins: Declarations): string[] {
  return commandsOf(node).filter(({ old }) => !old).flatMap((command) => commandPart(command, plugins));
}

function commandPart(command: Command, plugins: Declarations): string[] {
  return [
    ...item(synopsis(command), plain(command.about)),
    ...indented([
      ...keywordItems(command),
      ...command.takesOptions ? typeItems(plugins) : [],
      ...literal(command.examples),
    ]),
  ];
}

/** Writes the command line: what is bold is typed as it is. */
function synopsis(command: Command): string {
  const parts = [bold(command.keepsWord ? command.path.replace(/ \w+$/, "") : command.path)];
  if (command.first) {
    const value = italic(keywordWords(command.first).value ?? "");
    parts.push(command.first.required ? value : `[${value}]`);
  }
  parts.push(...shownKeywords(command).map((keyword) => pair(keywordWords(keyword))));
  if (command.takesOptions) parts.push(`[${italic("option value")}] ...`);
  if (command.rest !== undefined) parts.push(`[${bold("--")} ${italic("argument")} ...]`);
  return parts.join(" ");
}

function pair({ word, value, required, repeated }: Words): string {
  const both = value === undefined ? bold(word) : `${bold(word)} ${italic(value)}`;
  return (required ? both : `[${both}]`) + (repeated ? " ..." : "");
}

function keywordItems(command: Command): string[] {
  const keywords: readonly Keyword[] = [
    ...command.first && !command.first.required ? [command.first] : [],
    ...shownKeywords(command),
  ];
  return keywords.flatMap((keyword) => {
    const preset = keyword.default === undefined ? "" : ` (default: ${keyword.default})`;
    const words = keywordWords(keyword);
    const term = keyword === command.first ? italic(words.value ?? "") : pair({ ...words, required: true });
    return item(term, plain(`${keyword.help}${preset}.`));
  });
}

/** Types with their options, and the options of the policies that they use. */
function typeItems(plugins: Declarations): string[] {
  return pluginsOf(plugins, "ipcp").flatMap((type) => {
    const also = type.aliases?.length ? ` It is also written ${type.aliases.join(", ")}.` : "";
    const body = type.options.flatMap((option) => optionItem(option, plugins));
    return [
      ...item(`${bold("type")} ${bold(type.name)}`, plain(`${type.description}.${also}`)),
      ...body.length === 0 ? [] : indented(body),
    ];
  });
}

/** Describes the options of policies, under one heading a policy; empty when none has options. */
export function policiesPart(plugins: Declarations): string[] {
  return plugins.filter(({ kind, options }) => kind !== "ipcp" && options.length > 0).flatMap((policy) => [
    subheading(`${policy.kind} ${policy.name}`),
    ...policy.options.flatMap((option) => optionItem(option, plugins)),
  ]);
}

const optionItem = (option: OptionDeclaration, plugins: Declarations): string[] =>
  item(pair(optionWords(option)), plain(`${optionHelp(option, plugins)}.`));
