/** operf's options. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { QOS } from "../../contract/qos.ts";
import { TestingFlows } from "../../testing/flow_ends.ts";
import { parseCommandLine } from "../command_line.ts";
import { ResultOutput } from "../result_output.ts";
import { clientSettings, runClient } from "./client.ts";
import { TOOL } from "./tool.ts";

function read(words: string) {
  const parsed = parseCommandLine(TOOL, words.split(" ").filter((word) => word !== ""));
  assert(parsed.ok, words);
  const notices: string[] = [];
  return { ...clientSettings("x", parsed.options, (line) => notices.push(line)), notices };
}

Deno.test("each option of the reference has its words, its default and its units", () => {
  const defaults = {
    name: "x",
    test: "uni",
    duration: 60_000,
    rate: 1e6,
    size: 1500,
    flood: false,
    qos: "raw",
    notices: [],
  };
  assert.deepEqual(read(""), defaults);
  const cases: [string, object][] = [
    ["-t bi", { test: "bi" }],
    ["--test uni --sleep", {}],
    ["-d 2s", { duration: 2000 }],
    ["--duration 2", { duration: 2 }],
    ["-r 100", { rate: 100_000 }],
    ["--rate 10M", { rate: 1e7 }],
    ["-s 64", { size: 64 }],
    ["--size 10", { size: 64, notices: ["Packet size set to 64 bytes."] }],
    ["-s 2000000", { size: 1_048_576, notices: ["Packet size truncated to 1048576 bytes."] }],
    ["-f", { flood: true }],
    ["--flood -q data", { flood: true, qos: "data" }],
  ];
  for (const [words, changed] of cases) assert.deepEqual(read(words), { ...defaults, ...changed }, words);
  for (const word of ["-n", "--server-name"]) {
    const server = parseCommandLine(TOOL, ["--listen", word, "a"]);
    assert(server.ok && server.options.listen && server.options["server-name"] === "a");
  }
});

Deno.test("what is no test, time, rate, size or quality is refused, in the words of the reference where it has some", () => {
  const cases: [string, RegExp][] = [
    ["-t both", /^Invalid test type\.$/],
    ["-r 1Q", /^Unknown rate unit: Q\.$/],
    ["-r 0", /^Invalid rate\.$/],
    ["-d 3w", /^Unknown time unit: w\.$/],
    ["-s big", /big/],
    ["-q gold", /gold.*raw/],
  ];
  for (const [words, message] of cases) {
    assert.throws(
      () => read(words),
      (thrown) => thrown instanceof InvalidError && message.test(thrown.message),
      words,
    );
  }
});

Deno.test("packets that a flow does not carry are made as large as it carries", async () => {
  await using flows = new TestingFlows({ qos: QOS.raw, maxPacket: 1400 });
  const stop = new AbortController();
  const lines: string[] = [];
  const push = (line: string) => void lines.push(line);
  const output = new ResultOutput({ print: push, complain: push }, false);
  const client = runClient(
    { allocate: () => Promise.resolve(flows.here) },
    read("-t bi"),
    output,
    stop.signal,
  );
  await flows.there.read();
  stop.abort();
  assert.equal((await client).size, 1400);
  assert.deepEqual(lines.slice(0, 3), [
    "Packet size truncated to 1400 bytes.",
    "Doing a bidirectional test.",
    "Sending 1400 byte packets for 60 s to x at 1.000 Mb/s.",
  ]);
});
