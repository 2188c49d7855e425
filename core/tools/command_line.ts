/**
 * The command line of the tools: from a table of options, plain data, to parsed options and the usage text.
 * The only file that knows the library behind it.
 *
 * @module
 */
import { Command, CommanderError, Option } from "commander";

/** One option of a tool. */
export interface ToolOption {
  /** The word, without `--`. */
  readonly long: string;
  /** The letter, without `-`. */
  readonly short?: string;
  /** Older words for it, without `--`; accepted, not shown. */
  readonly aliases?: readonly string[];
  /** What stands behind it, for help (`number`, `name`); without it, the option is a flag. */
  readonly value?: string;
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
  /** What it is, for completion (`ipcp`, `file`). */
  readonly value?: string;
  /** One line of help, without full stop. */
  readonly help: string;
}

/** A tool: what help, man page and completion show, and what is parsed. */
export interface Tool<Options extends readonly ToolOption[] = readonly ToolOption[]> {
  readonly name: string;
  /** How it is called, where its name alone is no program. */
  readonly command?: string;
  /** What it does, in a sentence. */
  readonly description: string;
  readonly options: Options;
  /** Words that are no options, in their order; those that may be left out come last. */
  readonly operands?: readonly ToolOperand[];
  /** Paragraphs that close the help. */
  readonly notes?: readonly string[];
  /** Exit status after the usage text, asked for or not. */
  readonly usageStatus: number;
}

/** Options by their long word: texts, or true and false for flags. */
export type ParsedOptions<Options extends readonly ToolOption[]> = {
  readonly [O in Options[number] as O["long"]]: O extends { value: string }
    ? O extends { default: string } ? string : string | undefined
    : boolean;
};

/** What came of the words: options; or what to print, and the exit status. */
export type CommandLine<Options extends readonly ToolOption[]> =
  | {
    readonly ok: true;
    readonly options: ParsedOptions<Options>;
    /** As many as were given. */
    readonly operands: readonly string[];
  }
  | {
    readonly ok: false;
    readonly usage: string;
    readonly fault: string | undefined;
    readonly status: number;
  };

/**
 * Parses the words behind a tool's name. Words are exact (no abbreviations); `--help`, an unknown word, one too many or a
 * missing value end in the usage text.
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * import assert from "node:assert/strict";
 * const tool = {
 *   name: "knock",
 *   description: "Knocks at a door",
 *   options: [
 *     { long: "times", short: "t", value: "number", default: "2", help: "How often" },
 *     { long: "loud", help: "So that all hear it" },
 *   ],
 *   usageStatus: 1,
 * } as const;
 * const parsed = parseCommandLine(tool, ["-t", "3"]);
 * assert.deepEqual(parsed, { ok: true, options: { times: "3", loud: false }, operands: [] });
 * assert.equal(parseCommandLine(tool, ["--help"]).ok, false);
 * ```
 */
export function parseCommandLine<const Options extends readonly ToolOption[]>(
  tool: Tool<Options>,
  words: readonly string[],
): CommandLine<Options> {
  const command = commandOf(tool);
  const usage = (
    fault?: string,
  ) => ({ ok: false, usage: usageOf(tool), fault, status: tool.usageStatus } as const);
  try {
    command.parse([...words], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return usage(faultOf(thrown, command, tool));
  }
  const given = command.opts<Record<string, string | true>>();
  if (given.help) return usage();
  const { args, operands = [] } = { args: command.args, operands: tool.operands };
  const missing = operands.filter(({ required }) => required)[args.length];
  if (missing) return usage(`the ${missing.name} is missing`);
  const options = Object.fromEntries(tool.options.map((option) => {
    const word = [option.long, ...option.aliases ?? []].find((word) => given[keyOf(word)] !== undefined);
    const value = word === undefined ? undefined : given[keyOf(word)];
    return [option.long, value ?? (option.value ? option.default : false)];
  }));
  // The record was made from the same table as its type.
  return { ok: true, options: options as ParsedOptions<Options>, operands: args };
}

/** The usage text of a tool, with a line end. */
export function usageOf(tool: Tool): string {
  const notes = (tool.notes ?? []).map((note) => `\n${note}\n`).join("");
  return commandOf(tool).helpInformation() + notes;
}

const operandText = ({ name, required }: ToolOperand) =>
  required ? name.toUpperCase() : `[${name.toUpperCase()}]`;

const keyOf = (word: string) => new Option(`--${word}`).attributeName();

const faultOf = (error: CommanderError, command: Command, tool: Tool) =>
  error.code === "commander.excessArguments"
    ? `unknown word '${command.args[tool.operands?.length ?? 0]}'`
    : error.message.replace(/^error: /, "").replaceAll("\n", " ");

function commandOf(tool: Tool): Command {
  const silent = () => {};
  const { operands = [] } = tool;
  const command = new Command(tool.command ?? tool.name)
    .description(tool.description)
    .usage(["[OPTION]...", ...operands.map(operandText)].join(" "))
    .exitOverride()
    .configureOutput({ writeOut: silent, writeErr: silent })
    .configureHelp({ helpWidth: 100 })
    .allowExcessArguments(false)
    .helpOption(false);
  // Whether one is missing is said after --help was looked for.
  for (const { name, help } of operands) command.argument(`[${name}]`, help);
  for (const option of tool.options) {
    const { long, short, value, group } = option;
    const flags = `${short ? `-${short}, ` : ""}--${long}${value ? ` <${value}>` : ""}`;
    const help = option.help + (option.default === undefined ? "" : ` (default: ${option.default})`);
    const shown = new Option(flags, help);
    command.addOption(group ? shown.helpGroup(`${group}:`) : shown);
    for (const alias of option.aliases ?? []) {
      command.addOption(new Option(`--${alias}${value ? ` <${value}>` : ""}`).hideHelp());
    }
  }
  return command.addOption(new Option("--help", "Show this text and exit"));
}
