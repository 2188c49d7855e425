/** ovpn's words. @module */
import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../command_line.ts";
import { vpnSettings } from "./settings.ts";
import { TOOL } from "./tool.ts";

function read(words: string) {
  const parsed = parseCommandLine(TOOL, words.split(" ").filter((word) => word !== ""));
  assert(parsed.ok);
  return vpnSettings(parsed.options, parsed.operands);
}

Deno.test("a server and a client need an address and a mask", () => {
  const server = {
    name: undefined,
    address: "10.1.1.1",
    mask: "255.255.255.0",
    device: undefined,
    encrypt: false,
  };
  assert.deepEqual(read("-i 10.1.1.1 -m 255.255.255.0"), server);
  assert.deepEqual(read("-n vpn -i 10.1.1.2 -m 255.255.255.252 --device t0 --encrypt"), {
    name: "vpn",
    address: "10.1.1.2",
    mask: "255.255.255.252",
    device: "t0",
    encrypt: true,
  });
  for (const mask of ["0.0.0.0", "128.0.0.0", "255.255.255.255"]) {
    assert.equal(read(`-i 1.2.3.4 -m ${mask}`).mask, mask);
  }
});

Deno.test("wrong values are refused in the words of the reference", () => {
  const cases = [
    ["-m 255.0.0.0", "Please specify an IP address."],
    ["-i 10.0.0.1", "Please specify a subnetmask."],
    ["-i 10.0.0.256 -m 255.0.0.0", "Invalid IP address: 10.0.0.256."],
    ["-i ::1 -m 255.0.0.0", "Invalid IP address: ::1."],
    ["-i 10.0.0.1 -m 255.0.255.0", "Invalid subnet mask: 255.0.255.0."],
    ["-i 10.0.0.1 -m 0.255.0.0", "Invalid subnet mask: 0.255.0.0."],
  ] as const;
  for (const [words, message] of cases) {
    assert.throws(
      () => read(words),
      (thrown: Error) => thrown instanceof InvalidError && thrown.message === message,
    );
  }
});
