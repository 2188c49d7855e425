/**
 * Tests of the connection establishment message: recorded messages, round trip, limits, damage.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import { checkMutations } from "../../../tests/support/mutations.ts";
import { CEP_REJECT, type CepMessage, decodeCep, encodeCep, MAX_CEP_BYTES } from "./cep_message.ts";

const component = (
  component: string,
  protocol: string,
  version: number,
  syntax: number,
  own: number,
): CepMessage => ({ component, protocol, version, syntax, address: address(own) });

/** Messages of the reference 0.23.0. */
const RECORDED: readonly (readonly [hex: string, CepMessage])[] = [
  ["0a0a456e726f6c6c6d656e7412034f4550180128004000", component("Enrollment", "OEP", 1, 0, 0)],
  [
    "0a0a4d616e6167656d656e7412034c53501801280040eccccab50a",
    component("Management", "LSP", 1, 0, 0xa6b2a66c),
  ],
  [
    "0a0d44617461205472616e73666572120364747018012802" + "40d69380f504",
    component("Data Transfer", "dtp", 1, 2, 0x4ea009d6),
  ],
  ["0a0d44617461205472616e736665721200180028004000", component("Data Transfer", "", 0, 0, 0)],
  ["0a001200180028004000", CEP_REJECT],
];

const message: fc.Arbitrary<CepMessage> = fc.record({
  component: fc.string({ maxLength: 40 }),
  protocol: fc.string({ maxLength: 20 }),
  version: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  syntax: fc.integer({ min: 0, max: 2 }),
  address: fc.integer({ min: 0, max: 0xffffffff }).map(address),
}, { noNullPrototype: true });

Deno.test("CEP: recorded messages decode and encode to the same bytes", () => {
  for (const [hex, expected] of RECORDED) {
    assert.deepEqual(decodeCep(Uint8Array.fromHex(hex)), expected);
    assert.equal(encodeCep(expected).toHex(), hex);
  }
});

Deno.test("CEP: any message comes back", () => {
  fc.assert(fc.property(message, (sent) => assert.deepEqual(decodeCep(encodeCep(sent)), sent)));
});

Deno.test("CEP: what the reference reads past is skipped", () => {
  const [hex, expected] = RECORDED[0];
  assert.deepEqual(decodeCep(Uint8Array.fromHex(hex + "2001" + "3001" + "3a040a0101" + "05")), expected);
});

Deno.test("CEP: a message of 127 bytes passes, one of 128 does not", () => {
  const longest = { ...CEP_REJECT, component: "c".repeat(MAX_CEP_BYTES - 10) };
  const bytes = encodeCep(longest);
  assert.equal(bytes.length, MAX_CEP_BYTES);
  assert.deepEqual(decodeCep(bytes), longest);
  assert.throws(() => encodeCep({ ...longest, protocol: "p" }), ProtocolError);
  assert.throws(() => decodeCep(Uint8Array.from([...bytes, 0])), /128 bytes, more than 127/);
});

Deno.test("CEP: an address of more than 32 bits is refused", () => {
  const bytes = Uint8Array.fromHex("0a00120018002800" + "408080808010");
  assert.throws(() => decodeCep(bytes), /cep_msg\.address: 4294967296/);
});

Deno.test("CEP: damaged messages decode or give a ProtocolError", () => {
  checkMutations(RECORDED.map(([hex]) => Uint8Array.fromHex(hex)), decodeCep, encodeCep);
});
