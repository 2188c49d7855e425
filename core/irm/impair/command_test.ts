/** Tests of `ouro impair`: words, requests, answers, completion. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../../contract/errors.ts";
import { IMPAIRMENT_LIMITS } from "../../wire/local/impairment_json.ts";
import { FakeWorld } from "../../testing/irm/world.ts";
import { commandWords } from "../completion/complete.ts";
import { parseCommand } from "../grammar/parse/parse.ts";
import { IMPAIR } from "./command.ts";
import { IMPAIRMENT_WORDS, valueOf } from "./keywords.ts";
import { runImpair } from "./tool.ts";

async function run(line: string, answer: unknown = {}) {
  const world = new FakeWorld();
  world.answers["ipcp.impair"] = answer;
  const code = await runImpair(line === "" ? [] : line.split(" "), world);
  return { code, out: world.out.join("\n"), error: world.errors.join("\n"), asked: world.calls };
}

const COUNTS = { packets: 10, lost: 2, duplicated: 0, reordered: 0, corrupted: 0, overflowed: 0, dropped: 0 };

Deno.test("settings are asked for in the units of the protocol, and shown as they were written", async () => {
  const words =
    "loss 5% duplicate 1% reorder 5% reorder_by 20ms corrupt 0.1% delay 5ms jitter 500us rate 10Mb queue 50 seed 7";
  const settings = {
    ...{ loss: 0.05, duplicate: 0.01, reorder: 0.05, reorderBy: 20, corrupt: 0.001, delay: 5, jitter: 0.5 },
    ...{ rate: 1e7, queue: 50, seed: 7 },
  };
  const answer = { out: { settings, counts: { ...COUNTS, waiting: 3 } } };
  const { code, out, asked } = await run(`x ${words} direction out`, answer);
  assert.equal(code, 0);
  assert.deepEqual(asked, [["ipcp.impair", { name: "x", direction: "out", impairment: settings }]]);
  assert.equal(
    out,
    `x, what it sends: ${words.replace("500us", "0.5ms")}\n    10 packets, 2 lost, 3 on their way`,
  );
});

Deno.test("with a name alone it shows what is set; off ends it", async () => {
  const shown = await run("x");
  assert.deepEqual([shown.code, shown.out], [0, "x: nothing is impaired."]);
  assert.deepEqual(shown.asked, [["ipcp.impair", { name: "x", direction: "both", impairment: undefined }]]);
  const off = await run("x off direction in");
  assert.deepEqual(off.asked, [["ipcp.impair", { name: "x", direction: "in", impairment: "off" }]]);
  const json = await run("x as JSON", { in: 1 });
  assert.deepEqual(JSON.parse(json.out), { in: 1 });
});

Deno.test("what is wrong is said, with what would be right, and nothing is asked", async () => {
  const faults: [line: string, error: RegExp][] = [
    ["x los 5%", /^"los" is unknown.*\nValid here: loss, .*\nDid you mean "loss"\?$/],
    ["x loss 5", /^loss: '5' is not a part of the packets: write a percentage, such as 5%$/],
    ["x loss 101%", /^loss must be 0% to 100%, not 101%$/],
    ["x loss", /^The keyword "loss" needs a value\.$/],
    ["x loss 1% loss 2%", /^"loss" comes twice\.$/],
    ["x delay -1ms", /^delay: '-1ms' is not a time/],
    ["x delay 2h", /^delay: '2h' is not a time/],
    ["x delay 61s", /^delay must be 0ms to 60s, not 61s$/],
    ["x rate 10 Mb", /^"Mb" is unknown/],
    ["x rate 10", /^rate must be 1kb to 1000Gb, not 10$/],
    ["x rate 1Tb", /^rate: '1Tb' is not a rate/],
    ["x seed 1.5", /^seed: '1.5' is not a whole number$/],
    ["x seed 5000000000", /^seed must be 0 to 4294967295/],
    ["x seed 7", /^"seed" alone does nothing/],
    ["x off loss 5%", /not both\.$/],
    ["x direction in", /^"direction" needs something/],
    ["x loss 5% direction up", /^The direction "up" is unknown\.\nValid here: in, out, both\./],
    ["x as XML", /^The form of the output "XML" is unknown\.\nValid here: JSON\./],
  ];
  for (const [line, message] of faults) {
    const { code, error, asked } = await run(line);
    assert.deepEqual([code, asked], [1, []], line);
    assert.match(error, message, line);
  }
});

Deno.test("help is there with and without being asked for; an IRMd that is not is said", async () => {
  const [help, bare] = [await run("help"), await run("")];
  assert.deepEqual([help.code, bare.code], [0, 1]);
  for (const { out } of [help, bare]) {
    for (const { word } of IMPAIRMENT_WORDS) assert.match(out, new RegExp(`^ {4}${word} [A-Z]+ `, "m"));
  }
  const world = new FakeWorld();
  world.irmd = false;
  assert.equal(await runImpair(["x", "loss", "5%"], world), 1);
  assert.match(world.errors.join(), /Failed to communicate/);
});

Deno.test("what is offered: IPCPs, words that were not used yet, values", async () => {
  const world = new FakeWorld();
  world.answers["ipcp.list"] = [{ pid: 7, name: "net_1", type: "unicast", layer: "net" }];
  const offered = async (...words: string[]) =>
    (await commandWords(IMPAIR, words.slice(0, -1), world)).map(({ word }) => word);
  assert.deepEqual(await offered(""), ["net_1", "help"]);
  assert.deepEqual((await offered("net_1", "")).slice(0, 2), ["loss", "duplicate"]);
  assert.deepEqual(await offered("net_1", "loss", ""), []);
  assert.deepEqual((await offered("net_1", "loss", "5%", ""))[0], "duplicate");
  assert.deepEqual(await offered("net_1", "direction", ""), ["in", "out", "both"]);
  assert.deepEqual(await offered("net_1", "as", ""), ["JSON"]);
});

Deno.test("any words give a request or a fault; any value one within its limits or an InvalidError", () => {
  const word = fc.constantFrom(...IMPAIRMENT_WORDS.map(({ word }) => word), "off", "direction", "as", "in");
  const text = fc.oneof(word, fc.string(), fc.constantFrom("5%", "1e5%", "10Mb", "3ms", "7", "0.0000001us"));
  fc.assert(fc.property(fc.array(text), (words) => {
    const found = parseCommand({ kind: "command", command: IMPAIR, words: ["x", ...words] }, []);
    assert(found.kind !== "fault" || found.message.length > 5);
  }));
  fc.assert(fc.property(fc.constantFrom(...IMPAIRMENT_WORDS), text, (setting, value) => {
    const [min, max] = IMPAIRMENT_LIMITS[setting.key];
    try {
      const number = valueOf(setting, value);
      assert(number >= min && number <= max);
    } catch (thrown) {
      assert(thrown instanceof InvalidError);
    }
  }));
});
