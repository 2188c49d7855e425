import assert from "node:assert/strict";
import { InvalidError } from "../../contract/errors.ts";
import { portOf, udpEndpoint } from "../../wire/ip_address.ts";
import { openLibc } from "../c/libc.ts";
import { netCalls } from "../c/net_calls.ts";
import { addressFlags, INET, INET6, ipAddress, readName, writeName } from "./socket_address.ts";

openLibc();
netCalls();

Deno.test("addresses are read from text", () => {
  assert.deepEqual(ipAddress("192.0.2.7"), {
    family: INET,
    bytes: new Uint8Array([192, 0, 2, 7]),
    scope: 0,
  });
  const six = ipAddress("2001:db8::7");
  assert.deepEqual([six.family, six.bytes.toHex(), six.scope], [
    INET6,
    "20010db8000000000000000000000007",
    0,
  ]);
  assert(ipAddress("fe80::1%lo").scope > 0);
});

Deno.test("what is no address is refused", () => {
  const wrong = [
    "",
    "localhost",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4\0",
    "::1\0x",
    "1.2.3.4%lo",
    "fe80::1%nosuch",
    "fe80::1%lo%lo",
  ];
  for (const text of wrong) assert.throws(() => ipAddress(text), InvalidError, JSON.stringify(text));
});

Deno.test("endpoints are written for the C library, and read back", () => {
  const four = udpEndpoint(ipAddress("192.0.2.7").bytes, 3435);
  const bytes = new Uint8Array(40).fill(9);
  writeName(bytes, 4, four, 0);
  assert.equal(bytes.subarray(4, 20).toHex(), "02000d6bc00002070000000000000000");
  const six = udpEndpoint(ipAddress("fe80::7").bytes, 3435);
  writeName(bytes, 8, six, 0x0102);
  assert.equal(
    bytes.subarray(8, 36).toHex(),
    "0a000d6b00000000" + "fe80000000000000" + "0000000000000007" + "02010000",
  );
  const back = udpEndpoint(new Uint8Array(16), 0);
  readName(bytes, 8, back);
  assert.deepEqual([back, portOf(back)], [six, 3435]);
});

Deno.test("the flags of an IPv6 address are read from the kernel's list", () => {
  const list = "fd000000000000000000000000000002 04 40 00 c0     eth0\n" +
    "00000000000000000000000000000001 01 80 10 80       lo\n";
  assert.equal(addressFlags(list, "fd000000000000000000000000000002"), 0xc0);
  assert.equal(addressFlags(list, "00000000000000000000000000000001"), 0x80);
  assert.equal(addressFlags(list, "fd000000000000000000000000000003"), undefined);
});
