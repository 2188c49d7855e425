/** ocbr's options. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../command_line.ts";
import { clientSettings } from "./client.ts";
import { TOOL } from "./tool.ts";

function parse(words: string) {
  const parsed = parseCommandLine(TOOL, words.split(" ").filter((word) => word !== ""));
  assert(parsed.ok, words);
  return parsed.options;
}

Deno.test("each option of the reference has its words, its default and its units", () => {
  const defaults = { size: 1000, rate: 1e6, duration: 60, flood: false };
  const cases: [string, object][] = [
    ["", {}],
    ["-d 2", { duration: 2 }],
    ["--duration 3 --sleep", { duration: 3 }],
    ["-s 524288 --spin", { size: 524_288 }],
    ["--size 8", { size: 8 }],
    ["-r 100", { rate: 100 }],
    ["--rate 100k", { rate: 100_000 }],
    ["-f", { flood: true }],
    ["--flood", { flood: true }],
    ["--json", {}],
  ];
  for (const [words, changed] of cases) {
    assert.deepEqual(clientSettings(parse(words)), { ...defaults, ...changed }, words);
  }
  for (const word of ["-n", "--server-name", "--server_apn"]) {
    assert.equal(parse(`${word} cbr`)["server-name"], "cbr");
  }
  const server = parse("--listen -i 2 --timeout 3");
  assert.deepEqual([server.listen, server.interval, server.timeout], [true, "2", "3"]);
  assert.deepEqual([parse("-l").interval, parse("-l --interval 4 -t 5").timeout], ["1", "5"]);
});

Deno.test("what is out of range is refused, in the words of the reference where it has some", () => {
  const cases: [string, RegExp][] = [
    ["-s 524289", /^Maximum size: 524288\.$/],
    ["-s -1", /-1/],
    ["-r 0", /^Invalid rate\.$/],
    ["-r 1Q", /^Unknown rate unit: Q\.$/],
    ["-d 1.5", /1\.5/],
    ["-d 0", /from 1 to 2147483647, not '0'$/],
  ];
  for (const [words, message] of cases) {
    assert.throws(
      () => clientSettings(parse(words)),
      (thrown) => thrown instanceof InvalidError && message.test(thrown.message),
      words,
    );
  }
});
