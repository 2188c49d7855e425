/**
 * Usage texts, from the table of commands and the declarations of plugins.
 *
 * @module
 */
import { type Command, type Group, isGroup, type ValueKind } from "../command.ts";
import { type Declarations, optionsOf, pluginsOf, typesFor } from "../parse/plugins.ts";
import { formatRows, leftWidth, type Row, WIDTH, wrap } from "../../../tools/columns.ts";
import { keywordWords, optionHelp, optionWords, shownKeywords, synopsisOf } from "./keywords.ts";

const INDENT = 8;
const WIDEST = 36;

/** Returns the whole help of a level or a command, without line end. */
export function helpOf(node: Group | Command, plugins: Declarations): string {
  if (isGroup(node)) return groupUsage(node).join("\n");
  const types = node.takesOptions ? pluginsOf(plugins, "ipcp") : [];
  return [
    ...commandUsage(node, plugins),
    ...types.flatMap((type) => ["", ...typeUsage(type, plugins)]),
    "",
    ...wrap(node.about, WIDTH),
    "",
    "Examples:",
    ...node.examples.map((example) => `    ${example}`),
  ].join("\n");
}

/** Returns the keywords of a command, and the options of one type, without line end. */
export function usageOf(command: Command, plugins: Declarations, typeName?: string): string {
  const type = pluginsOf(plugins, "ipcp").find(({ name }) => name === typeName);
  return [...commandUsage(command, plugins), ...type ? ["", ...typeUsage(type, plugins)] : []].join("\n");
}

function groupUsage(group: Group): string[] {
  const children = group.children.filter((child) => isGroup(child) || !child.old);
  const rows: Row[] = children.map(({ word, help }) => [word, help]);
  const words = [...children.map(({ word }) => word), ...group.path.includes(" ") ? ["help"] : []];
  return [
    `Usage: ${group.path} [OPERATION]`,
    "",
    ...setOf("OPERATION", words),
    "",
    ...formatRows([...rows, ["help", `show this; ${group.path} OPERATION help shows more`]], 4, 14),
    "",
    "Every word may be shortened to any beginning of it; the first that fits counts.",
  ];
}

function commandUsage(command: Command, plugins: Declarations): string[] {
  const first = command.first === undefined ? "" : ` ${bare(command)}`;
  const rows: Row[] = shownKeywords(command).map((keyword) => [
    synopsisOf(keywordWords(keyword)),
    keyword.default === undefined ? keyword.help : `${keyword.help} (default:\u00a0${keyword.default})`,
  ]);
  if (command.first) rows.unshift([bare(command), command.first.help]);
  if (command.takesOptions) rows.push(["[<option> <value>] ...", "options of the type, see below"]);
  if (command.rest !== undefined) rows.push(["[-- <argument> ...]", "arguments for the program, with auto"]);
  return [
    `Usage: ${command.keepsWord ? command.path.replace(/ \w+$/, "") : command.path}${first}`,
    ...formatRows(rows, INDENT, leftWidth(rows, WIDEST)),
    ...valuesUsage(command, plugins),
  ];
}

function bare({ first }: Command): string {
  if (!first) return "";
  const { value, required } = keywordWords(first);
  return required ? `<${value}>` : `[<${value}>]`;
}

/** Returns `where WHAT in { … }`; further lines are indented. */
const setOf = (what: string, words: readonly string[]): string[] =>
  wrap(`where ${what} in { ${words.join(" ")} }`, WIDTH - 4)
    .map((line, index) => index === 0 ? line : `    ${line}`);

function valuesUsage(command: Command, plugins: Declarations): string[] {
  const lines: string[] = [];
  const add = (of: Declarations, word: string) =>
    lines.push("", ...setOf(`<${word}>`, of.map(({ name }) => name)));
  const find = (kind: ValueKind) => command.keywords.find(({ value }) => value === kind);
  const type = find("type");
  if (type) add(typesFor(type, plugins), "type");
  if (find("balancing")) add(pluginsOf(plugins, "balancing"), "policy");
  return lines;
}

function typeUsage(type: Declarations[number], plugins: Declarations): string[] {
  const notes = [...type.aliases ?? []].map((alias) => `also written ${alias}`);
  const rows = optionRows(type.options, plugins);
  return [
    `if <type> is ${type.name}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}:`,
    ...rows.length === 0 ? [`${" ".repeat(INDENT)}no options`] : [],
    ...formatRows(rows, INDENT, leftWidth(rows, WIDEST)),
    ...policiesUsage(type, plugins),
  ];
}

/** Returns the options that come with the policies of a type. */
function policiesUsage(type: Declarations[number], plugins: Declarations): string[] {
  return optionsOf(plugins, [type]).flatMap((option) => {
    if (option.type !== "policy") return [];
    return pluginsOf(plugins, option.kind).flatMap((policy) => {
      const rows = optionRows(policy.options, plugins);
      if (rows.length === 0) return [];
      return [
        `    if ${option.shown ?? option.name} is ${policy.name}:`,
        ...formatRows(rows, INDENT, leftWidth(rows, WIDEST)),
      ];
    });
  });
}

const optionRows = (options: Declarations[number]["options"], plugins: Declarations): Row[] =>
  options.map((option) => [synopsisOf(optionWords(option)), optionHelp(option, plugins)]);
