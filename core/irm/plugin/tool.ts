/**
 * `ouro plugin`: writes the beginning of a plugin, checks a plugin's file, and measures what its calls cost.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import { wrap } from "../../tools/columns.ts";
import { parseCommandLine, type ParsedOptions } from "../../tools/command_line.ts";
import type { Candidate } from "../../tools/environment.ts";
import { wholeNumber } from "../../tools/numbers.ts";
import { ResultOutput } from "../../tools/result_output.ts";
import { bold, italic } from "../../tools/roff.ts";
import { proposal } from "../../tools/suggest.ts";
import { type Role, type RoleContext, STANDARD_OPTIONS, type Tool } from "../../tools/tool.ts";
import { FILES } from "../completion/candidates.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";

/** What there is to do, with the words behind it. */
const COMMANDS = {
  new: { words: ["KIND", "NAME"], help: "write the beginning of a plugin, its tests, and the types" },
  check: { words: ["FILE"], help: "check what a file of plugins says and does, as its kind asks" },
  bench: { words: ["FILE"], help: "measure what calls cost, beside the built-in plugin of the kind" },
} as const;
type Command = keyof typeof COMMANDS;
const NAMES = Object.keys(COMMANDS);

/** The options that some commands only have. */
const ONLY: Readonly<Record<string, readonly Command[]>> = {
  option: ["check", "bench"],
  seed: ["check"],
  beside: ["bench"],
};

/** The seed where none is given: the same file has the same result. */
const SEED = "1";

const WIDTH = 100;

const SYNOPSIS = Object.entries(COMMANDS).flatMap(([name, { words }], at) => [
  ...at === 0 ? [] : [".br"],
  `${bold(`ouro plugin ${name}`)} ${italic(words.join(" "))} [${italic("option")}] ...`,
]);

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "plugin",
  command: "ouro plugin",
  description: "Writes the beginning of a plugin, checks a plugin, and measures what its calls cost.",
  operands: [
    { name: "command", required: true, values: NAMES, help: NAMES.join(", ") },
    {
      name: "word",
      repeated: true,
      help: "Kind and name of a new plugin; the file of one to check or measure",
    },
  ],
  options: [
    {
      long: "option",
      short: "o",
      value: "name=value",
      repeated: true,
      help: "Give the plugin this option; may be given several times",
    },
    { long: "seed", value: "number", help: "Draw the inputs of checks from this seed (default: 1)" },
    { long: "beside", value: "plugin", help: "Measure this built-in plugin of the kind beside it" },
    { long: "json", help: "Print the result as JSON; as JSON is the same" },
  ],
  notes: [
    ...Object.entries(COMMANDS).map(([name, { words, help }]) => `${name} ${words.join(" ")}: ${help}.`),
    `KIND is one of ${
      PLUGIN_KINDS.join(", ")
    }. NAME is the word for the plugin; with folders in front of it, its files stand there.`,
    "check takes the file as the IRM daemon would, has its types checked where deno or tsc is at hand, lets the plugin do all " +
    "that its kind asks for, and runs NAME_test.ts beside it. Exit status: 1 when something does not hold.",
    "An IPCP type is checked on a host with the network device eth0 and the addresses 10.0.0.1 and fd00::1, in virtual time; " +
    "nothing of this system is touched.",
  ].map((note) => wrap(note, WIDTH).join("\n")),
  examples: [
    "ouro plugin new congestion gentle",
    "ouro plugin check gentle.ts",
    "ouro plugin check gentle.ts --option start=5000 --seed 7",
    "ouro plugin bench gentle.ts",
    "irmd --plugin gentle.ts",
  ],
  complete: (words) => Promise.resolve(completions(words)),
  page: () => Promise.resolve({ synopsis: SYNOPSIS }),
} as const satisfies Tool;

type Options = ParsedOptions<typeof TOOL.options>;

/** Runs the words behind `ouro plugin`; gives the exit status. */
export const runPlugin = reported("ouro plugin", async (words, environment, context: RoleContext) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
  const { operands: [command, ...operands], options } = parsed;
  if (!isCommand(command)) {
    throw new InvalidError(
      `"${command}" is unknown: it is one of ${NAMES.join(", ")}${proposal(command, NAMES)}`,
    );
  }
  checkWords(command, operands, options);
  const output = new ResultOutput(environment, options.json);
  if (command === "new") {
    const { writePlugin } = await import("./new.ts");
    return await writePlugin(operands[0], operands[1], await environment.builtins(), output);
  }
  const [file] = operands;
  const given = optionsOf(options.option);
  if (command === "check") {
    const { runCheck } = await import("./check.ts");
    const seed = wholeNumber("seed", options.seed ?? SEED, 0, 2 ** 31 - 1);
    return await runCheck({ file, options: given, seed }, context, environment, output);
  }
  const { runBench } = await import("./bench.ts");
  return await runBench({ file, options: given, beside: options.beside }, context, environment, output);
});

const isCommand = (word: string): word is Command => Object.hasOwn(COMMANDS, word);

function checkWords(command: Command, operands: readonly string[], options: Options): void {
  const { words } = COMMANDS[command];
  if (operands.length < words.length) {
    throw new InvalidError(
      `the ${words[operands.length]} is missing; type: ouro plugin ${command} ${words.join(" ")}`,
    );
  }
  if (operands.length > words.length) {
    throw new InvalidError(
      `'${operands[words.length]}' is one word too many; type: ouro plugin ${command} ${words.join(" ")}`,
    );
  }
  for (const [name, commands] of Object.entries(ONLY)) {
    const given: unknown = Reflect.get(options, name);
    const some = Array.isArray(given) ? given.length > 0 : given !== undefined;
    if (some && !commands.includes(command)) {
      throw new InvalidError(
        `${command} has no option --${name}: ${commands.join(" and ")} has it`,
      );
    }
  }
}

/** Reads `name=value`; a name alone is a flag. */
function optionsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf("=");
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  }));
}

function completions(words: readonly string[]): readonly Candidate[] {
  const [command, ...rest] = words;
  const before = rest.slice(0, -1).filter((word, at) => !word.startsWith("-") && !takesValue(rest[at - 1]));
  if (rest.length === 0) {
    return [...Object.entries(COMMANDS).map(([word, { help }]) => ({ word, help })), ...STANDARD_WORDS];
  }
  if (!isCommand(command) || takesValue(rest.at(-2))) return [];
  const options = TOOL.options.filter(({ long }) => ONLY[long]?.includes(command) ?? true)
    .map(({ long, help }) => ({ word: `--${long}`, help }));
  if (before.length > 0) return options;
  const first = command === "new" ? PLUGIN_KINDS.map((word) => ({ word, help: "kind of plugin" })) : [FILES];
  return [...first, ...options];
}

const STANDARD_WORDS = STANDARD_OPTIONS.map(({ long, help }) => ({ word: `--${long}`, help }));
const takesValue = (word = ""): boolean =>
  TOOL.options.some((option) =>
    "value" in option && (word === `--${option.long}` || "short" in option && word === `-${option.short}`)
  );

/** Runs it. */
export const run: Role = withSystem(runPlugin);
