/**
 * Tests of the directory's messages: recorded messages, round trip, checks of structure, damage.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../core/contract/errors.ts";
import { address } from "../../../core/contract/ids.ts";
import { checkMutations } from "../../../tests/support/mutations.ts";
import { addressOfDhtValue, decodeDht, type DhtMessage, dhtValue, encodeDht } from "./dht_message.ts";

const H = 28;
const plain = { noNullPrototype: true };
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const contact = fc.record({
  id: bytesOf(H),
  address: fc.integer({ min: 1, max: 0xffffffff }).map(address),
}, plain);
const cookie = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const from = { source: contact, key: bytesOf(H) };
const contacts = fc.array(contact, { maxLength: 8 });

const message: fc.Arbitrary<DhtMessage> = fc.oneof(
  fc.record({
    type: fc.constant("store" as const),
    ...from,
    value: fc.uint8Array({ minLength: 1, maxLength: 20 }),
    expiry: fc.integer({ min: 0, max: 0xffffffff }),
  }, plain),
  fc.record({ type: fc.constantFrom("findNode" as const, "findValue" as const), ...from, cookie }, plain),
  fc.record({ type: fc.constant("findNodeReply" as const), ...from, cookie, contacts }, plain),
  fc.record({
    type: fc.constant("findValueReply" as const),
    ...from,
    cookie,
    contacts,
    values: fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 8 }),
  }, plain),
);

const fill = (byte: string, length: number) => byte.repeat(length);
const ID = `0a1c${fill("aa", H)}10ebc0e48a02`;
const SRC = `1224${ID}`;
const KEY = `121c${fill("bb", H)}`;

/** Messages in the layout of the recorded ones, with short hashes. */
const LAYOUT: readonly (readonly [hex: string, type: DhtMessage["type"]])[] = [
  [`0800${SRC}1a2e0a1c${fill("bb", H)}1208000000002159206b18fe9a85d806`, "store"],
  [`0801${SRC}22200801${KEY}`, "findNode"],
  [`0802${SRC}2a460801${KEY}1a24${ID}`, "findNodeReply"],
  [`0803${SRC}22200801${KEY}`, "findValue"],
  [`0804${SRC}2a200801${KEY}3200`, "findValueReply"],
  [`0804${SRC}2a460801${KEY}1a24${ID}320a0a08000000006f9be02a`, "findValueReply"],
];

const decode = (bytes: Uint8Array) => decodeDht(bytes, H);

Deno.test("DHT: each type has its layout", () => {
  for (const [hex, type] of LAYOUT) {
    const decoded = decode(Uint8Array.fromHex(hex));
    assert.equal(decoded.type, type);
    assert.equal(decoded.source.address, 0x2159206b);
    assert.equal(encodeDht(decoded).toHex(), hex);
  }
});

Deno.test("DHT: any message comes back", () => {
  fc.assert(fc.property(message, (sent) => assert.deepEqual(decode(encodeDht(sent)), sent)));
});

/** Messages whose parts do not fit, and what the error says. */
const FAULTS: readonly (readonly [what: string, hex: string, error: RegExp])[] = [
  ["a code above 4", `0805${SRC}`, /dht_msg\.code: there is no message 5/],
  ["a store without its part", `0800${SRC}`, /dht_msg\.store: it is missing/],
  ["a request without its part", `0803${SRC}2a200801${KEY}`, /dht_msg\.find: it is missing/],
  ["an answer without its part", `0802${SRC}22200801${KEY}`, /dht_msg\.node: it is missing/],
  ["an answer without values", `0804${SRC}2a200801${KEY}`, /dht_msg\.val: it is missing/],
  ["an empty value", `0800${SRC}1a220a1c${fill("bb", H)}12001800`, /dht_store_msg\.val: it is empty/],
  ["a short key", `0801${SRC}22050801120199`, /dht_msg\.find\.key: it has 1 bytes/],
  ["no source", `080122200801${KEY}`, /dht_msg\.src: it is required and missing/],
  ["a short id", `080112050a01991001`, /dht_msg\.src: it is not a node/],
  ["address 0", `080112200a1c${fill("aa", H)}1000`, /dht_msg\.src: it is not a node/],
  ["an address of 33 bits", `080112240a1c${fill("aa", H)}108080808010`, /dht_msg\.src: it is not a node/],
];

for (const [what, hex, expected] of FAULTS) {
  Deno.test(`DHT: ${what} is refused`, () => {
    assert.throws(() => decode(Uint8Array.fromHex(hex)), (error) => {
      assert(error instanceof ProtocolError);
      assert.match(error.message, expected);
      return true;
    });
  });
}

Deno.test("DHT: contacts that no node can have are left out of an answer", () => {
  const nobody = `1a200a1c${fill("aa", H)}1000`;
  const short = "1a050a01991001";
  const answer = decode(Uint8Array.fromHex(`0802${SRC}2a6f0801${KEY}${nobody}1a24${ID}${short}`));
  assert(answer.type === "findNodeReply");
  assert.deepEqual(answer.contacts, [answer.source]);
});

Deno.test("DHT: values that are no address are told apart", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 0xffffffff }), (value) => {
    assert.equal(addressOfDhtValue(dhtValue(address(value))), value);
  }));
  for (const hex of ["", "01020304", "0000000000000000", "0000000100000001", "000000000000000001"]) {
    assert.equal(addressOfDhtValue(Uint8Array.fromHex(hex)), undefined, hex);
  }
});

Deno.test("DHT: damaged messages decode or give a ProtocolError", () => {
  checkMutations(LAYOUT.map(([hex]) => Uint8Array.fromHex(hex)), decode, encodeDht);
});
