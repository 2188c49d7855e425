/**
 * How keywords and options look in usage texts and manual pages.
 *
 * @module
 */
import type { OptionDeclaration } from "../../../contract/options.ts";
import type { Command, Keyword, ValueKind } from "../command.ts";
import { type Declarations, pluginsOf } from "../parse/plugins.ts";

/** What stands for a value, where it is not called as its kind is. */
const PLACEHOLDERS: Partial<Record<ValueKind, string>> = {
  ipcp: "name",
  balancing: "policy",
  file: "path",
  format: "JSON",
  setting: "value",
};

/** The words of a keyword and of its value. */
export interface Words {
  readonly word: string;
  readonly value: string | undefined;
  readonly required: boolean;
  readonly repeated: boolean;
}

/** Returns the words of a keyword of the table. */
export const keywordWords = ({ name, shown, value, required, most }: Keyword): Words => ({
  word: shown ?? name,
  value: value === undefined || value === "option" ? undefined : PLACEHOLDERS[value] ?? value,
  required: required === true,
  repeated: most !== undefined,
});

/** Returns the words of an option of a plugin. */
export const optionWords = (option: OptionDeclaration): Words => ({
  word: option.shown ?? option.name,
  value: placeholderOf(option),
  required: option.required === true,
  repeated: option.type === "text" && option.repeated === true,
});

function placeholderOf(option: OptionDeclaration): string | undefined {
  switch (option.type) {
    case "integer":
      return option.hexadecimal ? "hex" : "number";
    case "text":
      return option.value.toLowerCase();
    case "choice":
      return "word";
    case "policy":
      return "policy";
    case "flag":
      return undefined;
  }
}

/** Returns the words as usage shows them: `name <name>`, `[component <component>]`. */
export function synopsisOf({ word, value, required, repeated }: Words): string {
  const plain = value === undefined ? word : `${word} <${value}>`;
  return (required ? plain : `[${plain}]`) + (repeated ? " ..." : "");
}

/** Returns the keywords of a command as usage lists them: the order of its line, the first value without its word. */
export function shownKeywords(command: Command): readonly Keyword[] {
  if (!command.keepsWord) return command.keywords;
  const own = command.keywords.filter(({ name }) => name === command.word);
  return [...own, ...command.keywords.filter(({ name }) => name !== command.word)];
}

/** Returns the help of an option, with what is valid and what counts without it. */
export function optionHelp(option: OptionDeclaration, plugins: Declarations): string {
  const valid = validOf(option, plugins);
  const preset = option.type === "flag" || option.default === undefined
    ? ""
    : ` (default:\u00a0${option.type === "integer" ? integerText(option, option.default) : option.default})`;
  const others = option.aliases?.filter((alias) => alias !== option.shown) ?? [];
  const also = others.length === 0 ? "" : `; also written ${others.join(", ")}`;
  return `${option.help}${valid === "" ? "" : `: ${valid}`}${preset}${also}`;
}

function validOf(option: OptionDeclaration, plugins: Declarations): string {
  switch (option.type) {
    case "integer": {
      const least = integerText(option, option.min);
      const range = option.min === option.max ? least : `${least} to ${integerText(option, option.max)}`;
      return option.unit === undefined ? range : `${range} ${option.unit}`;
    }
    case "choice":
      return option.values.join(", ");
    case "policy":
      return pluginsOf(plugins, option.kind).map(({ name }) => name).join(", ");
    default:
      return "";
  }
}

const integerText = ({ hexadecimal }: { hexadecimal?: boolean }, value: number): string =>
  hexadecimal ? `0x${value.toString(16).toUpperCase().padStart(4, "0")}` : String(value);
