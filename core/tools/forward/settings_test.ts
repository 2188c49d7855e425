/** forward's words. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../command_line.ts";
import { endpointText, parseEndpoint } from "./endpoint.ts";
import { settingsOf, taskOf } from "./settings.ts";
import { TOOL } from "./tool.ts";

function read(words: string) {
  const parsed = parseCommandLine(TOOL, words.split(" ").filter((word) => word !== ""));
  assert(parsed.ok);
  const task = taskOf(parsed.options, parsed.operands);
  const place = task.kind === "offer" ? task.to : task.listen;
  return { task, settings: settingsOf(parsed.options, place.kind === "udp") };
}

Deno.test("the three ways of forwarding, with the quality that goes with what is carried", () => {
  const offered = read("--to tcp:127.0.0.1:8080 --as web --layer a --layer b");
  assert.deepEqual(offered.task, {
    kind: "offer",
    name: "web",
    to: { kind: "tcp", host: "127.0.0.1", port: 8080 },
    layers: ["a", "b"],
  });
  assert.equal(offered.settings.qos, "data");
  const reached = read("dns --listen udp:127.0.0.1:53 --encrypt");
  assert.deepEqual([reached.task.kind, reached.settings.qos], ["reach", "raw"]);
  assert.deepEqual(reached.settings.security, { require: ["encryption"] });
  assert.deepEqual(read("--proxy 1080").task, {
    kind: "proxy",
    listen: { kind: "tcp", host: "127.0.0.1", port: 1080 },
  });
});

Deno.test("what does not go together is refused with what does", () => {
  const cases = [
    ["", /nothing to forward: say --to/],
    ["web", /a NAME and --listen/],
    ["--to tcp:1", /--to and --as/],
    ["web --listen 80 --proxy 81", /^say --to/],
    ["--proxy udp:80", /a proxy listens at/],
    ["web --listen tcp:host", /'tcp:host' is no endpoint: write tcp:HOST:PORT/],
    ["web --listen unix:", /names no path/],
    ["web --listen 70000", /is no endpoint/],
    ["web --listen 80 -q voice", /a stream needs a flow that loses nothing/],
    ["--to tcp:h:0 --as web", /nobody can be reached at port 0/],
    ["web --listen 80 -q best-of-all", /there is no quality/],
    ["web --listen 80 --most 0", /from 1 to 10000/],
  ] as const;
  for (const [words, message] of cases) {
    assert.throws(
      () => read(words),
      (thrown: Error) => thrown instanceof InvalidError && message.test(thrown.message),
      words,
    );
  }
});

Deno.test("an endpoint that is written is read as the same; any text is read or refused", () => {
  const endpoint = fc.oneof(
    fc.record({
      kind: fc.constantFrom("tcp" as const, "udp" as const),
      host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("localhost", "a-b.example")),
      port: fc.integer({ min: 0, max: 65_535 }),
    }),
    fc.record({ kind: fc.constant("unix" as const), path: fc.string({ minLength: 1 }) }),
    fc.constant({ kind: "stdio" as const }),
  );
  fc.assert(fc.property(endpoint, (one) => assert.deepEqual(parseEndpoint(endpointText(one)), { ...one })));
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      parseEndpoint(text);
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});
