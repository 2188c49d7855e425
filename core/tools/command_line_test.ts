/**
 * Tests of the tools' command line.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCommandLine, usageOf } from "./command_line.ts";

const TOOL = {
  name: "knock",
  description: "Knocks at a door.",
  options: [
    { long: "times", short: "t", value: "number", default: "2", help: "How often", group: "Knocking" },
    { long: "door-name", aliases: ["gate"], value: "name", help: "Where" },
    { long: "loud", short: "l", help: "So that all hear it" },
  ],
  notes: ["Nobody may be in."],
  usageStatus: 1,
} as const;

function options(...words: string[]) {
  const parsed = parseCommandLine(TOOL, words);
  assert(parsed.ok, parsed.ok ? "" : parsed.fault);
  return parsed.options;
}

Deno.test("options come by their long word, with defaults", () => {
  assert.deepEqual(options(), { times: "2", "door-name": undefined, loud: false });
  assert.deepEqual(options("-t", "3", "--door-name", "blue", "-l"), {
    times: "3",
    "door-name": "blue",
    loud: true,
  });
  assert.equal(options("--gate", "green")["door-name"], "green");
  assert.equal(options("-t", "-3").times, "-3");
  assert.equal(options("--door-name", "--loud")["door-name"], "--loud");
});

Deno.test("a wrong word ends in the usage text and says what is wrong", () => {
  for (
    const [words, fault] of [
      [["--lou"], "unknown option '--lou' (Did you mean --loud?)"],
      [["-x"], "unknown option '-x'"],
      [["word"], "unknown word 'word'"],
      [["-t"], "option '-t, --times <number>' argument missing"],
      [["--help"], undefined],
      [["-h"], undefined],
    ] as const
  ) {
    assert.deepEqual(parseCommandLine(TOOL, words), { ok: false, usage: usageOf(TOOL), fault, status: 1 });
  }
});

Deno.test("the usage text shows every option but the old words", () => {
  assert.equal(
    usageOf(TOOL),
    `Usage: knock [OPTION]...

Knocks at a door.

Knocking:
  -t, --times <number>  How often (default: 2)

Options:
  --door-name <name>    Where
  -l, --loud            So that all hear it
  --version             Print version number and exit
  --help                Show this text and exit

Nobody may be in.
`,
  );
});

Deno.test("words that are no options are operands, as many as there may be", () => {
  const tool = {
    ...TOOL,
    operands: [{ name: "house", required: true, help: "Where" }, { name: "floor", help: "How high" }],
  };
  const operands = (...words: string[]) => {
    const parsed = parseCommandLine(tool, words);
    return parsed.ok ? parsed.operands : parsed.fault;
  };
  assert.deepEqual(operands("red", "-l"), ["red"]);
  assert.deepEqual(operands("-t", "3", "red", "-"), ["red", "-"]);
  assert.deepEqual(operands("--", "-x", "--loud"), ["-x", "--loud"]);
  assert.equal(operands(), "the house is missing");
  assert.equal(operands("red", "1", "2"), "unknown word '2'");
  assert.equal(operands("red", "--help"), undefined);
  assert.match(usageOf(tool), /^Usage: knock \[OPTION\]\.\.\. HOUSE \[FLOOR\]\n/);
  assert.match(usageOf({ ...tool, command: "ouro knock" }), /^Usage: ouro knock \[OPTION\]/);
  assert.match(usageOf(tool), /^ {2}house +Where\n {2}floor +How high$/m);
});

Deno.test("an option that comes twice is a fault, whichever of its words it has, unless it may be repeated", () => {
  const twice = (...words: string[]) => {
    const parsed = parseCommandLine(TOOL, words);
    return parsed.ok ? parsed.options : parsed.fault;
  };
  assert.equal(twice("-t", "3", "--times=4"), "option '-t, --times <number>' comes twice");
  assert.equal(twice("--gate", "a", "--door-name", "b"), "option '--door-name <name>' comes twice");
  const tool = {
    ...TOOL,
    options: [{ long: "door", value: "name", repeated: true, help: "Where" }],
  } as const;
  const parsed = parseCommandLine(tool, ["--door", "a", "--door", "b"]);
  assert.deepEqual(parsed.ok && parsed.options.door, ["a", "b"]);
});

Deno.test("as JSON is --json at the end of the words of a tool that has it, and else a word like others", () => {
  const tool = {
    ...TOOL,
    options: [{ long: "json", help: "As JSON" }],
    operands: [{ name: "house", help: "Where" }, { name: "floor", help: "How high" }],
  } as const;
  const read = (...words: string[]) => {
    const parsed = parseCommandLine(tool, words);
    return parsed.ok ? [parsed.options.json, ...parsed.operands] : parsed.fault;
  };
  assert.deepEqual(read("red", "as", "JSON"), [true, "red"]);
  assert.deepEqual(read("as", "json"), [true]);
  assert.deepEqual(read("red", "2", "--json"), [true, "red", "2"]);
  assert.deepEqual(read("--", "as", "JSON"), [false, "as", "JSON"]);
  assert.deepEqual(read("as", "2"), [false, "as", "2"]);
  assert.equal(read("red", "2", "as", "XML"), "unknown word 'as'");
  const other = parseCommandLine({ ...tool, options: [] }, ["as", "JSON"]);
  assert.deepEqual(other.ok && other.operands, ["as", "JSON"]);
});

Deno.test("no words make it throw", () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom("-t", "--times", "--gate", "-l", "--", "-", "--times=", ""),
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 5 }), (words) => {
    const parsed = parseCommandLine(TOOL, words);
    assert.equal(typeof (parsed.ok ? parsed.options.times : parsed.usage), "string");
  }));
});
