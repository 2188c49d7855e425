/** Tests of the command line of an IPCP process. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { ipcpdSettings } from "./tool.ts";

Deno.test("all words are read, in any order", () => {
  const words = "--plugin a.ts --stdout local --admin /a.sock --plugin b.ts --name x".split(" ");
  assert.deepEqual(ipcpdSettings(words), {
    type: "local",
    name: "x",
    admin: "/a.sock",
    stdout: true,
    plugins: ["a.ts", "b.ts"],
  });
});

Deno.test("by hand, or with something wrong, it says how IPCPs are made", () => {
  const good = ["local", "--name", "x", "--admin", "/a"];
  const bad = [[], ["local"], [...good, "eth"], [...good, "--plugin"], ["", ...good]];
  for (const words of bad) {
    assert.throws(
      () => ipcpdSettings(words),
      (thrown) =>
        thrown instanceof InvalidError && /irm ipcp create name NAME type TYPE/.test(thrown.message),
    );
  }
  assert.throws(() => ipcpdSettings([...good, "--colour"]), /unknown option '--colour'/);
  assert.throws(() => ipcpdSettings([...good, "--plugin"]), /option '--plugin <file>' argument missing/);
});
