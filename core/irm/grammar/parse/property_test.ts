import assert from "node:assert/strict";
import fc from "fast-check";
import type { Command, Keyword } from "../command.ts";
import { commandsOf, IRM } from "../../commands/tree.ts";
import { FakeWorld, REFERENCE, THIRD_PARTY } from "../../../testing/irm/world.ts";
import { runIrm } from "../../run/run_irm.ts";
import { findCommand } from "./find.ts";
import { parse } from "./parse.ts";
import { optionsOf, withOptions } from "./plugins.ts";

const PLUGINS = [...REFERENCE, THIRD_PARTY];
const COMMANDS = commandsOf(IRM);
const WORDS = [
  ...new Set(
    COMMANDS.flatMap(({ path, keywords }) => [...path.split(" "), ...keywords.map(({ name }) => name)]),
  ),
  ...PLUGINS.flatMap(({ name, options }) => [name, ...options.map((option) => option.name)]),
  ..."help usage -- auto 12 * as JSON __proto__ constructor toString".split(" "),
];

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...WORDS).chain((full) => fc.nat(full.length).map((n) => full.slice(0, n))),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const argv = fc.oneof(
  fc.array(word, { maxLength: 12 }),
  fc.tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 10 }))
    .map(([{ path }, words]) => [...path.split(" ").slice(1), ...words]),
);

Deno.test("any words: a request, help, or a fault with a message", () => {
  fc.assert(
    fc.property(argv, (words) => {
      const parsed = parse(IRM, words, PLUGINS);
      if (parsed.kind === "fault") assert.notEqual(parsed.message, "");
      if (parsed.kind === "request") {
        assert.equal(parsed.method, parsed.command.method);
        JSON.stringify(parsed.params);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any words: the tool ends with 0 after a request or help, else with a message", async () => {
  await fc.assert(
    fc.asyncProperty(argv, fc.boolean(), async (words, irmd) => {
      const world = new FakeWorld();
      world.irmd = irmd;
      for (const method of ["ipcp.list", "name.list"]) world.answers[method] = [];
      for (const method of ["name.register", "name.unregister"]) world.answers[method] = ["l"];
      const status = await runIrm(words, world);
      const said = world.errors.length > 0 || world.out.length > 0;
      if (status !== 0) assert(said, JSON.stringify(words));
      else assert(world.calls.length > 0 || world.out.length > 0, JSON.stringify(words));
      assert.doesNotMatch(world.errors.join("\n"), /OURO_INTERNAL|TypeError|undefined/);
    }),
    { numRuns: 1500 },
  );
});

/** A value that a keyword takes. */
function valueOf({ value, option }: Keyword): fc.Arbitrary<string> {
  if (option) {
    switch (option.type) {
      case "integer":
        return fc.integer({ min: option.min, max: option.max }).map((n) =>
          n.toString(option.hexadecimal ? 16 : 10)
        );
      case "choice":
        return fc.constantFrom(...option.values);
      case "policy":
        return fc.constantFrom(...PLUGINS.filter(({ kind }) => kind === option.kind).map(({ name }) => name));
    }
  }
  switch (value) {
    case "pid":
      return fc.integer({ min: 1, max: 4_194_304 }).map(String);
    case "qos":
      return fc.constantFrom("raw", "best", "video", "voice", "data");
    case "format":
      return fc.constant("JSON");
    default:
      return fc.oneof(
        fc.constantFrom("help", "name", "--", "auto", "a b", "é*"),
        fc.stringMatching(/^[ -~]{1,20}$/),
      );
  }
}

/** Keywords of a command with values, in any order: everything that is required, and some of the rest. */
function filled(command: Command): fc.Arbitrary<[Keyword, string][]> {
  const types = PLUGINS.filter(({ kind }) => kind === "ipcp");
  return fc.constantFrom(...types).chain((type) => {
    const keywords = command.takesOptions
      ? withOptions(command.keywords, optionsOf(PLUGINS, [type]), type.options)
      : command.keywords;
    const all = command.first ? [command.first, ...keywords] : keywords;
    const needed = (keyword: Keyword) =>
      keyword.required || keyword.value === "type" || command.oneOf?.includes(keyword.field);
    return fc.tuple(
      ...all.map((keyword) =>
        fc.tuple(
          fc.constant(keyword),
          keyword.value === "type" ? fc.constant(type.name) : valueOf(keyword),
          needed(keyword) ? fc.constant(true) : fc.boolean(),
        )
      ),
    ).chain((entries) => {
      const taken = entries.filter(([, , take]) => take).map((
        [keyword, value],
      ): [Keyword, string] => [keyword, value]);
      const rest = taken.filter(([keyword]) => keyword !== command.first && keyword.name !== command.word);
      const head = taken.filter((entry) => !rest.includes(entry));
      return fc.shuffledSubarray(rest, { minLength: rest.length }).map((shuffled) => [...head, ...shuffled]);
    });
  });
}

/** The words of a command with these values. */
function format(command: Command, entries: readonly [Keyword, string][], short: boolean): string[] {
  const words = command.path.split(" ").slice(1, command.keepsWord ? -1 : undefined);
  for (const [keyword, value] of entries) {
    if (keyword === command.first) words.push("--", value);
    else {words.push(
        short ? shortest(command, keyword) : keyword.name,
        ...keyword.value === undefined ? [] : [value],
      );}
  }
  return words;
}

/** The shortest abbreviation that still means the keyword, for commands without options. */
function shortest(command: Command, keyword: Keyword): string {
  const { keywords } = command;
  // The first word of bind and unbind must also pick the command.
  if (command.takesOptions || keyword.exact || keyword.name === command.word) return keyword.name;
  const earlier = keywords.slice(0, keywords.indexOf(keyword));
  for (let length = 1; length < keyword.name.length; length++) {
    const word = keyword.name.slice(0, length);
    if (!earlier.some(({ name }) => name.startsWith(word))) return word;
  }
  return keyword.name;
}

for (const command of COMMANDS) {
  Deno.test(`${command.path}: whatever is written comes back in the request`, () => {
    fc.assert(
      fc.property(filled(command), (entries) => {
        const words = format(command, entries, false);
        // `unbind ipcp help`, and no more, asks for help.
        fc.pre(!command.keepsWord || entries.length > 1 || entries[0][1] !== "help");
        const found = findCommand(IRM, words);
        assert(found.kind === "command" && found.command === command, JSON.stringify(words));
        const parsed = parse(IRM, words, PLUGINS);
        assert(parsed.kind === "request", JSON.stringify([words, parsed]));
        for (const [keyword, value] of entries) checkField(parsed.params, parsed.shown, keyword, value);
        assert.deepEqual(parse(IRM, format(command, entries, true), PLUGINS), parsed);
      }),
      { numRuns: 60 },
    );
  });
}

function checkField(
  params: Readonly<Record<string, unknown>>,
  shown: Readonly<Record<string, unknown>>,
  { field, value, local, option, name }: Keyword,
  text: string,
): void {
  const [outer, inner] = field.split(".");
  const from = local ? shown : params;
  const content = inner === undefined
    ? from[outer]
    : Object.entries(from[outer] ?? {}).find(([key]) => key === inner)?.[1];
  if (name === "autobind") assert.equal(typeof content, "boolean");
  else if (value === undefined) assert.equal(content, option ? "true" : true, field);
  else if (Array.isArray(content)) assert.deepEqual(content, [text]);
  else if (value === "qos") assert.equal(typeof content, "object");
  else assert.equal(String(content), text, field);
}
