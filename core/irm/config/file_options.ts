/**
 * Options of IPCP types as pages about configuration files show them.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { fileWord, fileWords, optionsFor } from "../../irmd/config/option_words.ts";
import { tomlValue } from "../../irmd/config/toml.ts";
import { optionHelp } from "../grammar/help/keywords.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";

/** An option of a table. */
export interface FileOption {
  readonly word: string;
  readonly required: boolean;
  /** What it does, what is valid, what counts without it. */
  readonly help: string;
  /** What counts without it, or another value that is right, in TOML. */
  readonly sample: string;
}

/** Returns the options of a type, and those of the policies that it may pick, each once. */
export function fileOptions(type: PluginDeclaration, plugins: Declarations): FileOption[] {
  const all = new Map(
    optionsFor(type, (kind) => pluginsOf(plugins, kind)).map((option) => [option.name, option]),
  );
  return [...all.values()].map((option) => ({
    word: fileWord(option),
    required: option.required === true,
    help: sentence(
      optionHelp({ ...option, shown: fileWord(option), aliases: fileWords(option).slice(1) }, plugins),
    ),
    sample: sampleOf(option, plugins),
  }));
}

const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

function sampleOf(option: OptionDeclaration, plugins: Declarations): string {
  switch (option.type) {
    case "integer": {
      const { default: value = option.min, hexadecimal } = option;
      return hexadecimal ? `0x${value.toString(16).toUpperCase().padStart(4, "0")}` : String(value);
    }
    case "flag":
      return "true";
    case "choice":
      return tomlValue(option.default ?? option.values[0] ?? "");
    case "policy":
      return tomlValue(option.default ?? pluginsOf(plugins, option.kind)[0]?.name ?? "");
    case "text": {
      const value = option.default ?? option.value;
      return tomlValue(option.repeated ? [value] : value);
    }
  }
}
