import assert from "node:assert/strict";
import { parseCommandLine } from "../tools/command_line.ts";
import { TOOL } from "./tool.ts";

function options(...words: string[]) {
  const parsed = parseCommandLine(TOOL, words);
  return parsed.ok ? parsed.options : parsed.fault;
}

Deno.test("nothing given: system log, no file, no plugin", () => {
  assert.deepEqual(options(), {
    stdout: false,
    forget: false,
    config: undefined,
    plugin: [],
    rib: undefined,
  });
});

Deno.test("plugins are collected; a second configuration file is refused, as one of the two would not be followed", () => {
  const words = "--config a --stdout --plugin a.ts --plugin b.ts".split(" ");
  assert.deepEqual(
    options(...words),
    { stdout: true, forget: false, config: "a", plugin: ["a.ts", "b.ts"], rib: undefined },
  );
  assert.equal(options(...words, "--config", "b"), "option '--config <path>' comes twice");
});

Deno.test("an unknown word and a missing value are refused by name", () => {
  assert.equal(options("--loud"), "unknown option '--loud'");
  assert.equal(options("--config"), "option '--config <path>' argument missing");
});

Deno.test("the usage text has the form of the reference", () => {
  assert.equal(
    TOOL.usage,
    `Usage: irmd
         [--config <path> (Path to configuration file)]
         [--plugin <file> (Load a plugin; may be given several times)]
         [--forget  (Start without what was bound and registered before)]
         [--rib <folder> (Mount what IPCPs know and count at this folder)]
         [--stdout  (Log to stdout instead of system log)]
         [--version (Print version number and exit)]

`,
  );
});
