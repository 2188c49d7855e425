/**
 * What the grammar takes from the declarations of plugins: types of IPCPs and options as keywords.
 *
 * @module
 */
import type { OptionDeclaration } from "../../../contract/options.ts";
import type { PluginDeclaration } from "../../../contract/plugin.ts";
import type { PluginKind } from "../../../contract/plugin_kind.ts";
import type { Keyword } from "../command.ts";
import { firstMatch } from "./match.ts";

/** The declarations of the plugins that there are. */
export type Declarations = readonly PluginDeclaration[];

const LAST = Number.MAX_SAFE_INTEGER;
const byPosition = (a: { position?: number }, b: { position?: number }) =>
  (a.position ?? LAST) - (b.position ?? LAST);

/** Returns the plugins of a kind, in the order in which their names are matched. */
export const pluginsOf = (plugins: Declarations, kind: PluginKind): PluginDeclaration[] =>
  plugins.filter((plugin) => plugin.kind === kind).sort(byPosition);

/** Returns the type that a word means: the first in order of which it is a prefix. */
export const findType = (plugins: Declarations, word: string): PluginDeclaration | undefined =>
  firstMatch(word, pluginsOf(plugins, "ipcp"));

/** Returns the types that are of use as the value of a keyword, in matching order. */
export const typesFor = ({ ability }: Pick<Keyword, "ability">, plugins: Declarations): PluginDeclaration[] =>
  pluginsOf(plugins, "ipcp").filter(({ abilities }) => ability === undefined || abilities?.includes(ability));

/**
 * Returns all options that a type may take, whichever policies are chosen.
 *
 * @param types one type, or all of them while it is not known which
 */
export function optionsOf(plugins: Declarations, types: Declarations): OptionDeclaration[] {
  const options = new Map<string, OptionDeclaration>();
  const visited = new Set<PluginKind>();
  const visit = (declared: readonly OptionDeclaration[]) => {
    for (const option of declared) {
      if (!options.has(option.name)) options.set(option.name, option);
      if (option.type !== "policy" || visited.has(option.kind)) continue;
      visited.add(option.kind);
      for (const policy of pluginsOf(plugins, option.kind)) visit(policy.options);
    }
  };
  for (const type of types) visit(type.options);
  return [...options.values()];
}

/**
 * Returns the keywords of a command together with options as keywords, in matching order.
 *
 * @param own options of which those that are required must be given
 */
export function withOptions(
  keywords: readonly Keyword[],
  options: readonly OptionDeclaration[],
  own: readonly OptionDeclaration[] = [],
): Keyword[] {
  const added = options.map((option) => keywordOf(option, option.required === true && own.includes(option)));
  return [...keywords, ...added].sort(byPosition);
}

function keywordOf(option: OptionDeclaration, required: boolean): Keyword {
  const { name, aliases, shown, position, help } = option;
  return {
    name,
    aliases,
    shown,
    position,
    required,
    help,
    field: `options.${name}`,
    value: option.type === "flag" ? undefined : "option",
    most: option.type === "text" && option.repeated ? LAST : undefined,
    option,
  };
}
