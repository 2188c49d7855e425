/** Tests of the texts of IP addresses. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError } from "../contract/errors.ts";
import {
  addressOf,
  formatEndpoint,
  formatIp,
  parseEndpoint,
  parseHostPort,
  parseIp,
  parseIpOf,
  portOf,
  udpEndpoint,
} from "./ip_address.ts";

const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((all) =>
    Uint8Array.from(all)
  ),
);

Deno.test("addresses are written in the one form of RFC 5952", () => {
  for (
    const [text, canonical] of [
      ["::", "::"],
      ["::1", "::1"],
      ["1::", "1::"],
      ["2001:0DB8::0001", "2001:db8::1"],
      ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
      ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
      ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
      ["::ffff:c000:201", "::ffff:192.0.2.1"],
      ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
      ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
      ["255.255.255.255", "255.255.255.255"],
    ]
  ) assert.equal(formatIp(parseIp(text)), canonical);
});

Deno.test("other texts are refused", () => {
  const faults =
    "|1.2.3|1.2.3.4.|1.2.3.4.5|1.2.3.256|01.2.3.4|1.2.3.-4| 1.2.3.4|1..3.4|:|:::|1::2::3|1:2:3:4:5:6:7|" +
    "1:2:3:4:5:6:7:8:9|1:2:3:4:5:6:7:8::|::12345|::g|::1.2.3|1.2.3.4::|::1.2.3.4:1|:1:2:3:4:5:6:7|[::1]|1:2:3:4:5:6:7:1.2.3.4";
  for (const fault of faults.split("|")) {
    assert.throws(() => parseIp(fault), { name: "InvalidError", message: /is not an IP address/ }, fault);
  }
  assert.throws(() => parseIp("fe80::1%eth0"), { name: "InvalidError", message: /names a zone/ });
  assert.throws(() => parseIpOf(4, "::1"), { message: '"::1" is not an IPv4 address' });
  assert.throws(() => parseIpOf(6, "127.0.0.1"), InvalidError);
});

Deno.test("any address and endpoint survives the way", () => {
  fc.assert(fc.property(address, fc.integer({ min: 1, max: 65535 }), (bytes, port) => {
    assert.deepEqual(parseIp(formatIp(bytes)), bytes);
    const endpoint = udpEndpoint(bytes, port);
    assert.deepEqual([addressOf(endpoint), portOf(endpoint)], [bytes, port]);
    assert.deepEqual(parseEndpoint(formatEndpoint(endpoint)), endpoint);
  }));
});

Deno.test("any text is an address or an InvalidError", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789abcdef:.%[]") }));
  fc.assert(fc.property(texts, (text) => {
    for (
      const read of [
        (one: string) => formatIp(parseIp(one)),
        (one: string) => formatEndpoint(parseEndpoint(one)),
      ]
    ) {
      let canonical: string;
      try {
        canonical = read(text);
      } catch (thrown) {
        assert(thrown instanceof InvalidError, String(thrown));
        continue;
      }
      assert.equal(read(canonical), canonical);
    }
  }));
});

Deno.test("hosts are written with and without a port", () => {
  for (
    const [text, host, port] of [
      ["b", "b", 7],
      ["b.example:80", "b.example", 80],
      ["10.0.0.1", "10.0.0.1", 7],
      ["10.0.0.1:65535", "10.0.0.1", 65535],
      ["::1", "::1", 7],
      ["[::1]", "::1", 7],
      ["[::1]:1", "::1", 1],
    ] as const
  ) assert.deepEqual(parseHostPort(text, 7), { host, port });
  for (const fault of ["", ":1", "a:0", "a:65536", "a:", "a:b", "[]:1", "[a]:1", "[::1]x", "a:1:2"]) {
    assert.throws(() => parseHostPort(fault, 7), InvalidError, fault);
  }
  assert.throws(() => parseEndpoint("10.0.0.1"), /has no port/);
});
