/**
 * Tests of oping's message: recorded packets of the reference, round trip, mutated packets.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InvalidError, ProtocolError } from "../../contract/errors.ts";
import {
  decodeOping,
  encodeOping,
  OPING_MESSAGE_BYTES,
  type OpingMessage,
  turnIntoReply,
} from "./oping_message.ts";

/** The first 24 bytes of packets recorded from the reference 0.23.0 (Ethernet DIX, FRCT, UDP). */
const RECORDED: [string, OpingMessage][] = [
  ["0000000000000001f904000000000000f7a2451800000000", { type: "request", id: 1, time: 1273407.216887 }],
  ["0000000100000001f904000000000000f7a2451800000000", { type: "reply", id: 1, time: 1273407.216887 }],
  ["0000000000000002be07000000000000d1f37d1800000000", { type: "request", id: 2, time: 1982410.907601 }],
  ["00000001000000008a04000000000000b9e0b61c00000000", { type: "reply", id: 0, time: 1162481.747129 }],
];

const message: fc.Arbitrary<OpingMessage> = fc.record({
  type: fc.constantFrom("request" as const, "reply" as const),
  id: fc.integer({ min: 0, max: 0xffffffff }),
  time: fc.integer({ min: 0, max: 2 ** 50 }).map((microseconds) => microseconds / 1000),
});

Deno.test("recorded packets decode and encode to the same bytes", () => {
  for (const [hex, expected] of RECORDED) {
    const packet = new Uint8Array(64);
    packet.set(Uint8Array.fromHex(hex));
    assert.deepEqual(decodeOping(packet), expected);
    const again = new Uint8Array(64);
    encodeOping(expected, again);
    assert.deepEqual(again, packet);
  }
});

Deno.test("a request becomes the recorded reply", () => {
  const packet = Uint8Array.fromHex(RECORDED[0][0]);
  turnIntoReply(packet);
  assert.equal(packet.toHex(), RECORDED[1][0]);
  assert.throws(() => turnIntoReply(packet), ProtocolError);
});

Deno.test("any message comes back, to the nanosecond", () => {
  fc.assert(fc.property(message, fc.integer({ min: OPING_MESSAGE_BYTES, max: 100 }), (sent, size) => {
    const packet = new Uint8Array(size);
    encodeOping(sent, packet);
    const got = decodeOping(packet);
    assert.deepEqual([got.type, got.id], [sent.type, sent.id]);
    assert(Math.abs(got.time - sent.time) < 1e-3, `${got.time} is not ${sent.time}`);
  }));
});

Deno.test("a mutated or cut packet decodes or gives a ProtocolError", () => {
  const mutation = fc.record({ at: fc.nat(31), to: fc.nat(255) });
  fc.assert(
    fc.property(message, fc.array(mutation, { maxLength: 6 }), fc.nat(32), (sent, mutations, length) => {
      const packet = new Uint8Array(32);
      encodeOping(sent, packet);
      for (const { at, to } of mutations) packet[at] = to;
      const cut = packet.subarray(0, length);
      try {
        const got = decodeOping(cut);
        const again = Uint8Array.from(cut);
        encodeOping(got, again);
        assert.equal(decodeOping(again).id, got.id);
      } catch (error) {
        assert(error instanceof ProtocolError, String(error));
      }
      try {
        turnIntoReply(cut);
        assert.equal(cut[3], 1);
      } catch (error) {
        assert(error instanceof ProtocolError, String(error));
      }
    }),
  );
});

Deno.test("what cannot be written is refused", () => {
  assert.throws(() => encodeOping({ type: "request", id: 0, time: 0 }, new Uint8Array(23)), InvalidError);
  for (const time of [-1, NaN, Infinity]) {
    assert.throws(() => encodeOping({ type: "request", id: 0, time }, new Uint8Array(24)), InvalidError);
  }
});
