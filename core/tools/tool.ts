/**
 * What a tool tells of itself, as data: its command line, usage text, manual page and completion come from it. Which
 * tools there are stands in `table.ts`.
 *
 * @module
 */
import type { PluginDeclaration } from "../contract/plugin.ts";
import type { Builtins } from "../registry/builtins.ts";
import type { Candidate, Environment } from "./environment.ts";

/** One option of a tool. */
export interface ToolOption {
  /** The word, without `--`. */
  readonly long: string;
  /** The letter, without `-`. */
  readonly short?: string;
  /** Older words for it, without `--`; accepted, not shown. */
  readonly aliases?: readonly string[];
  /** What stands behind it, for help and completion (`number`, `name`, `file`); without it, the option is a flag. */
  readonly value?: string;
  /** It may be given several times. */
  readonly repeated?: true;
  /** What counts when it is left out. */
  readonly default?: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** Heading of help under which it stands. */
  readonly group?: string;
}

/** A word of a tool that is no option. */
export interface ToolOperand {
  /** What help calls it, in capital letters. */
  readonly name: string;
  /** It must be given. */
  readonly required?: boolean;
  /** All words that are left are taken. Only the last operand can be so. */
  readonly repeated?: boolean;
  /** What it is, for completion (`ipcp`, `file`). */
  readonly value?: string;
  /** The words that it can be. */
  readonly values?: readonly string[];
  /** One line of help, without full stop. */
  readonly help: string;
}

/** A tool. */
export interface Tool<Options extends readonly ToolOption[] = readonly ToolOption[]> {
  readonly name: string;
  /** How it is called, where its name alone is no program. */
  readonly command?: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** Besides `--help` and `--version`, which every tool has. */
  readonly options: Options;
  /** Words that are no options, in their order; those that may be left out come last. */
  readonly operands?: readonly ToolOperand[];
  /** Paragraphs that close the help. */
  readonly notes?: readonly string[];
  /** Command lines for the manual page. */
  readonly examples?: readonly string[];
  /** Exit status after the usage text, asked for or not; when left out, 0 where it was asked for and 1 where not. */
  readonly usageStatus?: number;
  /** The usage text, where it is not made from what stands above. */
  readonly usage?: string;
  /** Prints help for the words behind `ouro help TOOL`, where it is more than the usage text. */
  readonly help?: (words: readonly string[], environment: Environment) => Promise<number>;
  /** What may stand in the place of the last of the words, where options and operands do not tell. */
  readonly complete?: (words: readonly string[], environment: Environment) => Promise<readonly Candidate[]>;
  /** The parts of the manual page that are not made from what stands above. */
  readonly page?: (plugins: readonly PluginDeclaration[]) => Promise<Page>;
}

/** Parts of a manual page, in roff (`roff.ts`); those left out are made from the tool. */
export interface Page {
  /** What it does, in a few words without full stop. */
  readonly what?: string;
  /** One line for each form of the command line. */
  readonly synopsis?: readonly string[];
  /** Paragraphs. */
  readonly description?: readonly string[];
  /** Sections behind the options. */
  readonly sections?: readonly string[];
  /** What the exit status says. */
  readonly exitStatus?: string;
  /** Sections behind that. */
  readonly last?: readonly string[];
  /** Names of other pages. */
  readonly seeAlso?: readonly string[];
}

/** Loads what a tool tells of itself; undefined when there is no tool of that word. */
export type LoadTool = (word: string) => Promise<Tool | undefined>;

/** What `main.ts` hands to every tool. */
export interface RoleContext {
  readonly builtins: Builtins;
  readonly tool: LoadTool;
  /** The module of the thread that watches third parties' plugins. */
  readonly watchdog: URL;
}

/** Runs a tool with the words behind its own; the number is the exit status. */
export type Role = (words: readonly string[], context: RoleContext) => Promise<number>;

/** What the module that tells of a tool exports. */
export interface ToolModule {
  readonly TOOL: Tool;
}

/** What the module that runs a tool exports. */
export interface MainModule {
  readonly run: Role;
}

/** The options of every tool. */
export const STANDARD_OPTIONS: readonly ToolOption[] = [
  { long: "version", help: "Print version number and exit" },
  { long: "help", help: "Show this text and exit" },
];
