/**
 * The options of IPCP types as a configuration file calls them.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Policies } from "../../registry/check_options.ts";

/** Returns the word of an option that pages and examples show: the reference's, where it has one of its own for files. */
export const fileWord = ({ name, shown, fileWords }: OptionDeclaration): string =>
  fileWords?.[0] ?? shown ?? name;

/** Returns all words that a file may use for an option, the one that is shown first. */
export const fileWords = (option: OptionDeclaration): string[] => {
  const { name, shown, aliases = [], fileWords = [] } = option;
  return [
    ...new Set([fileWord(option), ...fileWords, ...shown === undefined ? [] : [shown], name, ...aliases]),
  ];
};

/** Returns policies whose options a file calls as `irm` does; the words of configuration files stand for them, too. */
export const asCommandsSay = (policies: Policies): Policies => (kind) =>
  policies(kind).map((declaration) => ({
    ...declaration,
    options: declaration.options.map((option) => ({
      ...option,
      aliases: [...option.aliases ?? [], ...option.fileWords ?? []],
      fileWords: [],
    })),
  }));

/** Returns the options that a table of this type may have: its own, and those of all policies that it may pick. */
export const optionsFor = (
  { options, uses = [] }: PluginDeclaration,
  policies: Policies,
): OptionDeclaration[] => [...options, ...uses.flatMap(policies).flatMap((policy) => policy.options)];

/** Returns an option under the word that a table has for it, so that errors name that word. */
export function asWritten(
  option: OptionDeclaration,
  table: Readonly<Record<string, unknown>>,
): OptionDeclaration {
  const words = fileWords(option);
  const name = words.find((word) => Object.hasOwn(table, word)) ?? words[0];
  return { ...option, name, aliases: words.filter((word) => word !== name) };
}
