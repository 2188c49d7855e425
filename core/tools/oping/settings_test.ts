/**
 * Tests of oping's settings.
 *
 * @module
 */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../command_line.ts";
import { clientSettings, serverSettings } from "./settings.ts";
import { TOOL } from "./tool.ts";

function parse(words: string) {
  const parsed = parseCommandLine(TOOL, words.split(" ").filter((word) => word !== ""));
  assert(parsed.ok);
  return parsed.options;
}

function client(words: string) {
  const notices: string[] = [];
  return { ...clientSettings("x", parse(words), (line) => notices.push(line)), notices };
}

Deno.test("defaults are the reference's", () => {
  assert.deepEqual(client(""), {
    name: "x",
    qos: "raw",
    count: 2147483647,
    interval: 1000,
    size: 64,
    flood: false,
    floodTime: undefined,
    quiet: false,
    timeOfDay: false,
    notices: [],
  });
});

Deno.test("the old and the new word name the server", () => {
  for (const word of ["-n", "--server-name", "--server-apn"]) {
    assert.equal(parse(`${word} oping_server`)["server-name"], "oping_server");
  }
});

Deno.test("values out of range are moved, with the reference's words", () => {
  const cases: [string, string, object][] = [
    ["-s 9000", "Packet size truncated to 1500 bytes.", { size: 1500 }],
    ["--size 10", "Packet size set to 64 bytes.", { size: 64 }],
    ["-i 11s", "Ping interval truncated to 10s.", { interval: 10_000 }],
  ];
  for (const [words, notice, changed] of cases) {
    const settings = client(words);
    assert.deepEqual(settings.notices, [notice]);
    assert.deepEqual({ ...settings, ...changed }, settings);
  }
});

Deno.test("a duration is a count, but of a flood a time", () => {
  assert.equal(client("-d 2s -i 200ms -c 3").count, 10);
  assert.equal(client("-d 2s -i 0").count, 20_000);
  assert.equal(client("-d 100ms").count, 1);
  assert.deepEqual(["voice", "data"].map((qos) => client(`-q ${qos}`).qos), ["voice", "data"]);
  for (const word of ["-f", "--flood", "-F", "--flood-busy"]) {
    const flood = client(`${word} -d 2s`);
    assert.deepEqual([flood.flood, flood.floodTime, flood.count], [true, 2000, 2147483647], word);
  }
});

Deno.test("every option has its long word and its letter", () => {
  const pairs = [
    "-c --count 3",
    "-d --duration 2s",
    "-i --interval 20",
    "-s --size 100",
    "-q --qos voice",
    "-Q --quiet",
    "-D --timeofday",
  ];
  for (const pair of pairs) {
    const [letter, word, ...value] = pair.split(" ");
    assert.deepEqual(client([letter, ...value].join(" ")), client([word, ...value].join(" ")));
    assert.notDeepEqual(client([letter, ...value].join(" ")), client(""));
  }
  for (const word of ["-l", "--listen"]) assert(parse(word).listen);
});

Deno.test("values that are none are refused", () => {
  for (
    const words of [
      "-c 0",
      "-c -1",
      "-c x",
      "-c 1.5",
      "-s big",
      "-i soon",
      "-d 3w",
      "-c 4294967296",
      "-q gold",
    ]
  ) {
    assert.throws(() => client(words), InvalidError);
  }
});

Deno.test("a busy server is a quiet one", () => {
  assert.deepEqual(serverSettings(parse("-l --busy --poll")), { quiet: true, busy: true });
  assert.deepEqual(serverSettings(parse("-l")), { quiet: false, busy: false });
  assert.deepEqual(serverSettings(parse("-l -Q")), { quiet: true, busy: false });
});
