/**
 * From the words of a command line to a request to the IRMd, without asking anybody.
 *
 * @module
 */
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Group, Keyword } from "../command.ts";
import type { Fault } from "./fault.ts";
import { findCommand, type Found, type Help } from "./find.ts";
import { type Declarations, findType, optionsOf, withOptions } from "./plugins.ts";
import { readCommand, type Request, unknownType } from "./read_command.ts";
import { scan } from "./scan.ts";
import { mayHold } from "./values.ts";

/** The options can be told only with the type of this IPCP. */
export interface Typeless {
  readonly kind: "typeless";
  readonly name: string;
}

/** What came of a command line. */
export type Parsed = Request | Help | Fault | Typeless;

/** Whether the words behind a command can be read only with the declarations of plugins. */
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

/** Which words are keywords depends on the type, so the type is looked for first, with the keywords of all types. */
function parseWithOptions(found: Found, plugins: Declarations): Parsed {
  const { command, words } = found;
  const types = plugins.filter(({ kind }) => kind === "ipcp");
  const all = withOptions(command.keywords, optionsOf(plugins, types));
  const guess = scan(command, all, words);
  if (guess.help) return { kind: "help", node: command, status: 0 };
  const word = valueOf(guess.given, "type");
  const name = valueOf(guess.given, "name");
  if (word === undefined) {
    const hasOptions = [...guess.given.keys()].some(({ option }) => option);
    return hasOptions && name !== undefined && !guess.fault && !guess.pending
      ? { kind: "typeless", name }
      : readCommand(found, all, plugins);
  }
  const type = findType(plugins, word);
  if (!type) return unknownType(command, word, plugins);
  const keywords = withOptions(command.keywords, optionsOf(plugins, [type]), type.options);
  const parsed = readCommand(found, keywords, plugins);
  if (parsed.kind === "fault") return explainOption(parsed, all, type.name);
  return parsed.kind === "request" ? checkType(parsed, type) : parsed;
}

/** The first value of a keyword of the command itself. */
export const valueOf = (given: ReadonlyMap<Keyword, string[]>, name: string): string | undefined =>
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
