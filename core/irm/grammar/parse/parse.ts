/**
 * From the words of a command line to a request to the IRMd, without asking anybody.
 *
 * @module
 */
import type { PluginDeclaration } from "../../../contract/plugin.ts";
import type { Group, Keyword, Request } from "../command.ts";
import type { Fault } from "./fault.ts";
import { findCommand, type Found, type Help } from "./find.ts";
import { type Declarations, findType, optionsOf, pluginsOf, withOptions } from "./plugins.ts";
import { readCommand, unknownType } from "./read_command.ts";
import { scan } from "./scan.ts";
import { mayHold } from "./values.ts";

/** The options can be told only with the type of this IPCP. */
export interface Typeless {
  readonly kind: "typeless";
  readonly name: string;
}

/** What came of a command line. */
export type Parsed = Request | Help | Fault | Typeless;

/** Returns whether the words behind a command can be read only with the declarations of plugins. */
export const needsPlugins = ({ command, words }: Found): boolean =>
  command.takesOptions === true ||
  (command.keywords.some(({ value }) => value === "type") && mayHold(words, "type"));

/** Reads a whole command line. Give the declarations of plugins where {@link needsPlugins} says so. */
export function parse(group: Group, words: readonly string[], plugins: Declarations): Parsed {
  const found = findCommand(group, words);
  return found.kind === "command" ? parseCommand(found, plugins) : found;
}

/** Reads the words behind a command. */
export function parseCommand(found: Found, plugins: Declarations): Parsed {
  return found.command.takesOptions
    ? parseWithOptions(found, plugins)
    : readCommand(found, found.command.keywords, plugins);
}

/** The keywords of a command that takes options. */
export interface OptionKeywords {
  /** The type on the command line, if there is one that is known. */
  readonly type: PluginDeclaration | undefined;
  /** Those for that type; without a type, those of all types. */
  readonly keywords: readonly Keyword[];
  readonly all: readonly Keyword[];
}

/**
 * Finds the keywords of a command. Which words are keywords depends on the type, and where the type stands on which
 * words are keywords: the type is the one with whose keywords it is found.
 */
export function optionKeywords({ command, words }: Found, plugins: Declarations): OptionKeywords {
  const types = pluginsOf(plugins, "ipcp");
  const keywordsOf = (type: PluginDeclaration) =>
    withOptions(command.keywords, optionsOf(plugins, [type]), type.options);
  const typeIn = (keywords: readonly Keyword[]) =>
    valueOf(scan(command, keywords, words).given, "type") ?? "";
  const all = withOptions(command.keywords, optionsOf(plugins, types));
  const type = types.find((type) => findType(plugins, typeIn(keywordsOf(type))) === type) ??
    findType(plugins, typeIn(all));
  return { type, keywords: type ? keywordsOf(type) : all, all };
}

function parseWithOptions(found: Found, plugins: Declarations): Parsed {
  const { type, keywords, all } = optionKeywords(found, plugins);
  if (!type) return parseTypeless(found, all, plugins);
  const parsed = readCommand(found, keywords, plugins);
  if (parsed.kind === "fault") return explainOption(parsed, all, type.name);
  return parsed.kind === "request" ? checkType(parsed, type) : parsed;
}

/** Reads words in which there is no type, or one that is unknown. */
function parseTypeless(found: Found, all: readonly Keyword[], plugins: Declarations): Parsed {
  const { given, help, fault, pending } = scan(found.command, all, found.words);
  if (help) return { kind: "help", node: found.command, status: 0 };
  const type = valueOf(given, "type");
  if (type !== undefined) return unknownType(found.command, type, plugins);
  const name = valueOf(given, "name");
  const hasOptions = [...given.keys()].some(({ option }) => option);
  return hasOptions && name !== undefined && !fault && !pending
    ? { kind: "typeless", name }
    : readCommand(found, all, plugins);
}

/** Returns the first value of a keyword of the command itself. */
const valueOf = (given: ReadonlyMap<Keyword, string[]>, name: string): string | undefined =>
  [...given].find(([keyword]) => keyword.name === name && !keyword.option)?.[1][0];

function checkType(request: Request, type: PluginDeclaration): Request | Fault {
  if (request.params.type !== type.name) {
    return {
      kind: "fault",
      message: "It is not clear what the type is: write the words in full.",
      word: "type",
    };
  }
  const binds = type.abilities?.includes("enrol") || type.abilities?.includes("connect");
  if (request.params.autobind !== true || binds) return request;
  return {
    ...request,
    params: { ...request.params, autobind: false },
    warnings: [...request.warnings, "Can not bind this IPCP type, autobind disabled."],
  };
}

/** Adds the type, and says when the word is an option of another type. */
function explainOption(fault: Fault, all: readonly Keyword[], type: string): Fault {
  const { word, unknownKeyword } = fault;
  const other = word === undefined || !unknownKeyword
    ? undefined
    : all.find(({ name, aliases }) => name.startsWith(word) || aliases?.includes(word));
  if (!other) return { ...fault, type };
  return {
    ...fault,
    type,
    message: `${fault.message} Type ${type} has no option ${other.shown ?? other.name}.`,
  };
}
