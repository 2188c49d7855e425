/** Tests of what layers over UDP are bootstrapped with. @module */
import assert from "node:assert/strict";
import { checkOptions } from "../../core/registry/check_options.ts";
import { UDP4, UDP6 } from "./declarations.ts";
import { udpSettings } from "./settings.ts";

const read4 = (given: Record<string, string>) => udpSettings(4, checkOptions(UDP4.options, given));
const read6 = (given: Record<string, string>) => udpSettings(6, checkOptions(UDP6.options, given));

Deno.test("the address is all that must be given", () => {
  assert.deepEqual(read4({ ip: "10.0.0.1" }), {
    version: 4,
    address: Uint8Array.of(10, 0, 0, 1),
    addressText: "10.0.0.1",
    port: 3435,
    dns: undefined,
    peers: [],
    warnings: [],
  });
  assert.equal(read6({ ip: "fd00:0:0::1" }).addressText, "fd00::1");
  assert.throws(() => read4({}), /Option ip is missing/);
});

Deno.test("peers are hosts with the layer's port, or one of their own", () => {
  assert.deepEqual(read4({ ip: "10.0.0.1", port: "99", peer: "b,10.0.0.3:7" }).peers, [
    { host: "b", port: 99 },
    { host: "10.0.0.3", port: 7 },
  ]);
  assert.deepEqual(read6({ ip: "::1", peer: "[::2]:7,fd00::3,c" }).peers, [
    { host: "::2", port: 7 },
    { host: "fd00::3", port: 3435 },
    { host: "c", port: 3435 },
  ]);
});

Deno.test("sport stands for port; cport is said to be of no use", () => {
  assert.deepEqual([read4({ ip: "10.0.0.1", sport: "7" }).port, read4({ ip: "10.0.0.1", port: "7" }).port], [
    7,
    7,
  ]);
  assert.equal(read4({ ip: "10.0.0.1", sport: "7", port: "7" }).port, 7);
  assert.throws(
    () => read4({ ip: "10.0.0.1", sport: "7", port: "8" }),
    /port 8 and sport 7: they mean the same/,
  );
  assert.deepEqual(read4({ ip: "10.0.0.1", cport: "3435" }).warnings, []);
  assert.match(read4({ ip: "10.0.0.1", cport: "1" }).warnings.join(), /cport is not used: .* port 3435/);
});

Deno.test("faults name the option", () => {
  const faults: [Record<string, string>, RegExp][] = [
    [{ ip: "0.0.0.0" }, /^ip: 0\.0\.0\.0 is no address that others can reach/],
    [{ ip: "224.0.0.1" }, /^ip: 224\.0\.0\.1 is no address that others can reach/],
    [{ ip: "::1" }, /^ip: "::1" is not an IPv4 address/],
    [{ ip: "localhost" }, /^ip: "localhost" is not an IP address/],
    [{ ip: "10.0.0.1", dns: "ns.example" }, /^dns: /],
    [{ ip: "10.0.0.1", dns: "10.0.0.2:0" }, /^dns: /],
    [{ ip: "10.0.0.1", peer: "a:b" }, /^peer: /],
    [{ ip: "10.0.0.1", peer: "a,,b" }, /^peer: "" names no host/],
    [{ ip: "10.0.0.1", peer: "::1" }, /^peer: "::1" is not an IPv4 address/],
    [{ ip: "10.0.0.1", peer: "10.0.0" }, /^peer: "10\.0\.0" is not an IP address/],
    [{ ip: "10.0.0.1", peer: Array(65).fill("a").join() }, /^peer: there are at most 64 peers/],
  ];
  for (const [given, message] of faults) {
    assert.throws(() => read4(given), (thrown) => thrown instanceof Error && message.test(thrown.message));
  }
  assert.throws(() => read6({ ip: "ff02::1" }), /^InvalidError: ip: ff02::1 is no address that others/);
  assert.throws(() => read6({ ip: "fe80::1" }), /^InvalidError: ip: fe80::1 is link-local/);
  assert.throws(() => read6({ ip: "fe80::1%eth0" }), /^InvalidError: ip: .* names a zone/);
  assert.equal(read4({ ip: "10.0.0.1", dns: "[::1]:5353" }).dns, "[::1]:5353");
});
