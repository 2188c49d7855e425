/**
 * Tests of the proto2 tables: types, order, presence, and every kind of fault.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../contract/errors.ts";
import { checkMutations } from "../../tests/support/mutations.ts";
import { decodeProto2, encodeProto2, optional, proto2Table, repeated, required } from "./proto2.ts";

const INNER = proto2Table("inner", { text: required(1, "string"), flag: optional(2, "bool") });
const OUTER = proto2Table("outer", {
  last: required(300, "uint32"),
  first: required(1, "uint32"),
  signed: required(2, "int32"),
  wide: optional(3, "uint64"),
  wideSigned: optional(4, "int64"),
  bytes: optional(5, "bytes"),
  inner: optional(6, INNER),
  inners: repeated(7, INNER),
  numbers: repeated(8, "int32"),
});

const inner = fc.record({ text: fc.string({ unit: "grapheme" }), flag: fc.boolean() }, {
  requiredKeys: ["text"],
  noNullPrototype: true,
});
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const outer = fc.record({
  last: uint32,
  first: uint32,
  signed: int32,
  wide: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  wideSigned: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  bytes: fc.uint8Array({ maxLength: 200 }),
  inner,
  inners: fc.array(inner, { maxLength: 4 }),
  numbers: fc.array(int32, { maxLength: 4 }),
}, { requiredKeys: ["last", "first", "signed", "inners", "numbers"], noNullPrototype: true });

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("proto2: any message comes back", () => {
  fc.assert(fc.property(outer, (message) => {
    assert.deepEqual(decodeProto2(OUTER, encodeProto2(OUTER, message)), message);
  }));
});

Deno.test("proto2: fields are written in the order of their numbers, zeros and empty ones too", () => {
  const message = {
    last: 0,
    first: 0,
    signed: -1,
    inner: { text: "" },
    inners: [{ text: "é", flag: false }],
    numbers: [0, 1],
  };
  const bytes = encodeProto2(OUTER, message);
  assert.deepEqual(
    bytes,
    hex("0800 10ffffffffffffffffff01 3202 0a00 3a06 0a02c3a9 1000 4000 4001 e01200"),
  );
  assert.deepEqual(decodeProto2(OUTER, bytes), message);
});

Deno.test("proto2: unknown fields are skipped, or kept and passed on", () => {
  const TWO = proto2Table("two", { first: required(1, "uint32") });
  const known = hex("0801");
  const unknown = ["9a9c0103616263", "150a0b0c0d", "190102030405060708", "23082a24"].map(hex);
  const bytes = hex(known.toHex() + unknown.map((field) => field.toHex()).join(""));
  assert.deepEqual(decodeProto2(TWO, bytes), { first: 1 });
  const kept: Uint8Array[] = [];
  const message = decodeProto2(TWO, bytes, kept);
  assert.deepEqual(kept, unknown);
  assert.deepEqual(encodeProto2(TWO, message, kept), bytes);
});

Deno.test("proto2: of a field that comes twice the last one counts", () => {
  assert.deepEqual(decodeProto2(INNER, hex("0a0161 0a0162")), { text: "b" });
});

const START = "0801 1001 e01201";

/** Bytes that are no message, and what the error says. */
const FAULTS: readonly (readonly [what: string, bytes: string, error: RegExp])[] = [
  ["nothing", "", /^outer\.first: it is required and missing$/],
  ["a required field missing", "0801 1001", /^outer\.last: it is required and missing$/],
  ["a required field of an embedded message missing", `${START} 3200`, /^inner\.text: it is required/],
  ["another wire type", "0a0161", /^outer\.first: it has wire type 2 in the place of 0$/],
  ["a varint cut short", "0880", /^outer\.first: premature EOF$/],
  ["a varint that never ends", `08${"80".repeat(12)}00`, /^outer\.first: invalid varint$/],
  ["a uint32 of 33 bits", "08ffffffff1f", /^outer\.first: it exceeds 32 bits$/],
  ["a uint32 of 64 bits", "08ffffffffffffffffff01", /^outer\.first: it exceeds 32 bits$/],
  ["an int32 of 33 bits", "108080808010", /^outer\.signed: it exceeds 32 bits$/],
  ["a uint64 of 65 bits", "18ffffffffffffffffff02", /^outer\.wide: it exceeds 64 bits$/],
  ["bytes cut short", "2a05 0102", /^outer\.bytes: premature EOF$/],
  ["a length of 4 GB", "2affffffff0f 01", /^outer\.bytes: premature EOF$/],
  ["a length of 33 bits", "2a8180808010 01", /^outer\.bytes: its length exceeds 32 bits$/],
  ["a text that is not UTF-8", "3203 0a01ff", /^inner\.text: /],
  ["field number 0", "0001", /^outer: illegal tag/],
  ["wire type 7", "0f", /^outer: illegal tag/],
  ["a group that does not end", `${START} 4b`, /^outer: /],
  ["the end of no group", `${START} 4c`, /^outer: cant skip/],
  ["groups in groups", `${START} ${"4b".repeat(200)}`, /^outer: maximum recursion depth/],
  ["an unknown field cut short", `${START} 4a0501`, /^outer: premature EOF$/],
];

for (const [what, bytes, message] of FAULTS) {
  Deno.test(`proto2: ${what} is refused`, () => {
    assert.throws(() => decodeProto2(OUTER, hex(bytes)), (error) => {
      assert(error instanceof ProtocolError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("proto2: what does not fit is not written", () => {
  const valid = { last: 0, first: 0, signed: 0, inners: [], numbers: [] };
  for (
    const bad of [
      { first: -1 },
      { first: 1.5 },
      { first: 2 ** 32 },
      { signed: 2 ** 31 },
      { wide: -1n },
      { wideSigned: 2n ** 63n },
      { numbers: [NaN] },
    ]
  ) {
    assert.throws(
      () => encodeProto2(OUTER, { ...valid, ...bad }),
      ProtocolError,
      JSON.stringify(Object.keys(bad)),
    );
  }
});

Deno.test("proto2: damaged messages decode or give a ProtocolError", () => {
  const messages = fc.sample(outer, { numRuns: 20, seed: 1 }).map((message) => encodeProto2(OUTER, message));
  checkMutations(messages, (bytes) => decodeProto2(OUTER, bytes), (message) => encodeProto2(OUTER, message));
});

Deno.test("proto2: of a message that cannot be written nothing is in the next one", () => {
  const message = { last: 1, first: 2, signed: 3, inners: [], numbers: [] };
  const bytes = encodeProto2(OUTER, message);
  const broken = { ...message, inners: [{ text: "a" }, { text: "b", flag: undefined }, { text: "\ud800" }] };
  try {
    encodeProto2(OUTER, { ...broken, last: -1 });
    assert.fail("it was written");
  } catch (thrown) {
    assert(thrown instanceof ProtocolError, String(thrown));
  }
  assert.deepEqual(encodeProto2(OUTER, message), bytes);
});
