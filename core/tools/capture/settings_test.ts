/** Tests of capture's settings. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../command_line.ts";
import { captureSettings } from "./settings.ts";
import { TOOL } from "./tool.ts";

function settings(words: string, terminal = false) {
  const parsed = parseCommandLine(TOOL, words.split(" "));
  assert(parsed.ok, parsed.ok ? "" : parsed.fault);
  return captureSettings(parsed.options, parsed.operands, terminal);
}

Deno.test("a target is enough", () => {
  assert.deepEqual(settings("net"), {
    target: "net",
    device: false,
    output: { kind: "stdout" },
    count: Infinity,
    duration: undefined,
    snapLength: 262144,
    filter: { etherTypes: [0xa000], ports: [3435], llc: true },
  });
});

Deno.test("packets go to a file, to standard output, or on a terminal as lines", () => {
  const file = { kind: "file", path: "x.pcap" };
  assert.deepEqual([settings("net x.pcap").output, settings("net x.pcap", true).output], [file, file]);
  assert.deepEqual(settings("net", true).output, { kind: "lines", json: false });
  assert.deepEqual(settings("net -", true).output, { kind: "stdout" });
  assert.deepEqual(settings("-l net").output, { kind: "lines", json: false });
  assert.deepEqual(settings("--json net").output, { kind: "lines", json: true });
});

Deno.test("options say how many, how long, how much, and what of a device", () => {
  const { count, duration, snapLength, device, filter } = settings(
    "eth0 --device -c 10 -d 2s -s 96 -e a000,0xA123 -p none --skip-llc",
  );
  assert.deepEqual([count, duration, snapLength, device], [10, 2000, 96, true]);
  assert.deepEqual(filter, { etherTypes: [0xa000, 0xa123], ports: [], llc: false });
});

Deno.test("values that are none are refused", () => {
  for (
    const words of [
      ..."-c 0;-c x;-d soon;-s 0;-s 262145;-e 5ff;-e 10000;-e tea;-p 0;-p 65536;-p 1,x;-p ,".split(";"),
      "-l file",
      "-e none -p none --skip-llc",
    ]
  ) assert.throws(() => settings(`net ${words}`), InvalidError, words);
});

Deno.test("the target must be there, and no more than a file behind it", () => {
  for (
    const [words, fault] of [[[], "the target is missing"], [["a", "b", "c"], "unknown word 'c'"]] as const
  ) {
    const parsed = parseCommandLine(TOOL, words);
    assert.equal(parsed.ok ? undefined : parsed.fault, fault);
  }
});
