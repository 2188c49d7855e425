/**
 * The command line of the tools: from the options that a tool declares to parsed options and the usage text.
 *
 * @module
 */
import { VERSION_LINE } from "../version.ts";
import { formatRows, wrap } from "./columns.ts";
import { suggest } from "./suggest.ts";
import { STANDARD_OPTIONS, type Tool, type ToolOperand, type ToolOption } from "./tool.ts";

/** Widest line of the usage text, in characters. */
const WIDTH = 100;

/** Options by their long word: texts, or true and false for flags. */
export type ParsedOptions<Options extends readonly ToolOption[]> = {
  readonly [O in Options[number] as O["long"]]: O extends { value: string }
    ? O extends { repeated: true } ? readonly string[] : O extends { default: string } ? string
    : string | undefined
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
    /** The usage text, or the version. */
    readonly usage: string;
    readonly fault: string | undefined;
    readonly status: number;
  };

/**
 * Parses the words behind a tool's name. Words are exact (no abbreviations); `--help`, an unknown word, one too many
 * or a missing value end in the usage text.
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
  const { given, operands, fault } = readWords(tool, words);
  const help = (
    fault?: string,
  ) => ({ ok: false, usage: usageOf(tool), fault, status: tool.usageStatus ?? (fault ? 1 : 0) } as const);
  if (fault !== undefined) return help(fault);
  if (given.has("help")) return help();
  if (given.has("version")) return { ok: false, usage: `${VERSION_LINE}\n`, fault: undefined, status: 0 };
  const missing = tool.operands?.filter(({ required }) => required)[operands.length];
  if (missing) return help(`the ${missing.name} is missing`);
  const options = Object.fromEntries(tool.options.map(({ long, value, repeated, default: preset }) => {
    const values = given.get(long) ?? [];
    return [long, value === undefined ? given.has(long) : repeated ? values : values.at(-1) ?? preset];
  }));
  // The record was made from the same table as its type.
  return { ok: true, options: options as ParsedOptions<Options>, operands };
}

/** Options with their values, by their long word; of a flag, none. */
type Given = Map<string, string[]>;

/** Reads the words from left to right, up to the first that is wrong. */
function readWords(
  tool: Tool,
  words: readonly string[],
): { given: Given; operands: string[]; fault?: string } {
  const all = [...tool.options, ...STANDARD_OPTIONS];
  const given: Given = new Map();
  const operands: string[] = [];
  const most = tool.operands?.at(-1)?.repeated ? Infinity : tool.operands?.length ?? 0;
  const rest = withoutForm(words, all);
  let onlyOperands = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--" && !onlyOperands) onlyOperands = true;
    else if (onlyOperands || !word.startsWith("-") || word === "-") {
      if (operands.push(word) > most) return { given, operands, fault: `unknown word '${word}'` };
    } else {
      const fault = takeOption(all, word, rest, given);
      if (fault !== undefined) return { given, operands, fault };
    }
  }
  return { given, operands };
}

/** Turns the words `as JSON` at the end, which every command of irm takes, into the option of a tool that has it. */
const withoutForm = (words: readonly string[], all: readonly ToolOption[]): string[] =>
  /^as json$/i.test(words.slice(-2).join(" ")) && !words.includes("--") &&
    all.some(({ long }) => long === "json")
    ? [...words.slice(0, -2), "--json"]
    : [...words];

/** Letters that are taken and not shown, where a tool has no other use for them. */
const LETTERS: Readonly<Record<string, string>> = { help: "h" };

/** Takes `--long`, `--long=value`, `-s`, `-svalue`, or the first of several letters; answers with what is wrong. */
function takeOption(
  all: readonly ToolOption[],
  word: string,
  rest: string[],
  given: Given,
): string | undefined {
  const [, name, inner] = (word.startsWith("--") ? /^--([^=]*)(?:=(.*))?$/s : /^-(.)(.+)?$/su).exec(word) ??
    [];
  const option = all.find(({ long, short, aliases }) =>
    word.startsWith("--") ? name === long || aliases?.includes(name) : name === (short ?? LETTERS[long])
  );
  if (!option || (option.value === undefined && inner !== undefined && word.startsWith("--"))) {
    const meant = suggest(word, all.map(({ long }) => `--${long}`));
    return `unknown option '${word}'${meant === undefined ? "" : ` (Did you mean ${meant}?)`}`;
  }
  const values = given.get(option.long) ?? [];
  given.set(option.long, values);
  if (option.value === undefined) {
    if (inner !== undefined) rest.unshift(`-${inner}`);
    return undefined;
  }
  const value = inner ?? rest.shift();
  if (value === undefined) return `option '${flagsOf(option)}' argument missing`;
  if (values.push(value) > 1 && !option.repeated) return `option '${flagsOf(option)}' comes twice`;
}

/** Writes an option with its letter and value: `-c, --count <number>`. */
export const flagsOf = ({ short, long, value }: ToolOption): string =>
  `${short === undefined ? "" : `-${short}, `}--${long}${value === undefined ? "" : ` <${value}>`}`;

/** Writes an operand: `TARGET`, `[FILE]`, `[WORD]...`. */
const operandText = ({ name, required, repeated }: ToolOperand) =>
  (required ? name.toUpperCase() : `[${name.toUpperCase()}]`) + (repeated ? "..." : "");

/** Returns the words behind the name of a tool, in short. */
export const synopsisOf = ({ operands = [] }: Tool): string =>
  ["[OPTION]...", ...operands.map(operandText)].join(" ");

/** Returns the usage text of a tool, with a line end. */
export function usageOf(tool: Tool): string {
  if (tool.usage !== undefined) return tool.usage;
  const groups = new Map<string, [string, string][]>();
  for (const { name, help } of tool.operands ?? []) addTo(groups, "Arguments", [name, help]);
  for (const option of [...tool.options, ...STANDARD_OPTIONS]) {
    const preset = option.default === undefined ? "" : ` (default: ${option.default})`;
    addTo(groups, option.group ?? "Options", [flagsOf(option), option.help + preset]);
  }
  const width = Math.max(...[...groups.values()].flat().map(([left]) => left.length)) + 2;
  return [
    `Usage: ${tool.command ?? tool.name} ${synopsisOf(tool)}`,
    "",
    ...wrap(tool.description, WIDTH),
    ...[...groups].flatMap(([title, rows]) => ["", `${title}:`, ...formatRows(rows, 2, width, WIDTH)]),
    ...(tool.notes ?? []).flatMap((note) => ["", note]),
  ].join("\n") + "\n";
}

const addTo = <T>(groups: Map<string, T[]>, title: string, row: T) =>
  void groups.set(title, [...groups.get(title) ?? [], row]);
