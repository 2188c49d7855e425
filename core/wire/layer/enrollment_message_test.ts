/**
 * Tests of the messages of enrollment: recorded ones, round trip, limits, damage.
 *
 * @module
 */
import assert from "node:assert/strict";
import { decoded } from "../../../tests/support/layer_encoding.ts";
import fc from "fast-check";
import { ProtocolError } from "../../contract/errors.ts";
import { checkMutations } from "../../../tests/support/mutations.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
  encodeEnrollmentAck,
  encodeEnrollmentRequest,
  encodeEnrollmentResponse,
  millisecondsOf,
  wallTime,
} from "./enrollment_message.ts";

/** Messages of the reference 0.23.0. */
const REQUEST = "0a08258a5c4c78b8cf85";
const RESPONSE =
  "0a08258a5c4c78b8cf8510d4ebffd70618cdf48d990220002a410a070a03756e69100110011a340a1408041008183c" +
  "220c0800120808001004180f203c121808001214080310081880a30520840728840730d69380f50418002001";
const ACK = "0a08258a5c4c78b8cf851000";

const hex = (text: string) => Uint8Array.fromHex(text);
const id = hex("258a5c4c78b8cf85");
const time = { seconds: 1795159508, nanoseconds: 589527629 };

Deno.test("enrollment: recorded messages decode and encode to the same bytes", () => {
  assert.deepEqual(decodeEnrollmentRequest(hex(REQUEST)), { id });
  assert.equal(encodeEnrollmentRequest({ id }).toHex(), REQUEST);
  const response = decodeEnrollmentResponse(hex(RESPONSE));
  assert.deepEqual({
    ...response,
    configuration: response.configuration && decoded(response.configuration).layer,
  }, {
    id,
    time,
    response: 0,
    configuration: "uni",
  });
  assert.equal(encodeEnrollmentResponse(response).toHex(), RESPONSE);
  assert.deepEqual(decodeEnrollmentAck(hex(ACK)), { id, result: 0 });
  assert.equal(encodeEnrollmentAck({ id, result: 0 }).toHex(), ACK);
});

Deno.test("enrollment: refusals come back", () => {
  fc.assert(fc.property(fc.integer({ min: -0x80000000, max: -1 }), (code) => {
    const refusal = { id, time, response: code };
    assert.deepEqual(decodeEnrollmentResponse(encodeEnrollmentResponse(refusal)), refusal);
    const ack = { id, result: code };
    assert.deepEqual(decodeEnrollmentAck(encodeEnrollmentAck(ack)), ack);
  }));
});

Deno.test("enrollment: times go into the message and come out, to the microsecond", () => {
  assert.deepEqual(wallTime(1500.25), { seconds: 1, nanoseconds: 500_250_000 });
  fc.assert(fc.property(fc.double({ min: 0, max: 4e12, noNaN: true }), (milliseconds) => {
    const { seconds, nanoseconds } = wallTime(milliseconds);
    assert(Number.isInteger(seconds) && nanoseconds >= 0 && nanoseconds < 1e9);
    assert(Math.abs(millisecondsOf({ seconds, nanoseconds }) - milliseconds) < 1e-2);
  }));
});

/** Messages that are none, and what the error says. */
const FAULTS:
  readonly (readonly [what: string, decode: (bytes: Uint8Array) => unknown, hex: string, RegExp])[] = [
    ["a request with a short id", decodeEnrollmentRequest, "0a07258a5c4c78b8cf", /has 7 bytes, not 8/],
    ["a request without id", decodeEnrollmentRequest, "", /enroll_req_msg\.id: it is required/],
    [
      "an answer without configuration",
      decodeEnrollmentResponse,
      RESPONSE.slice(0, 50),
      /enroll_resp_msg\.conf/,
    ],
    [
      "an answer at no time",
      decodeEnrollmentResponse,
      "0a08258a5c4c78b8cf85" + "1000" + "1880a8d6b907" + "20ffffffffffffffffff01",
      /is not a time/,
    ],
    ["an acknowledgement with a long id", decodeEnrollmentAck, "0a09258a5c4c78b8cf85001000", /has 9 bytes/],
    ["a message that is too long", decodeEnrollmentAck, ACK + "1aff07" + "00".repeat(1023), /more than 1024/],
  ];

for (const [what, decode, bytes, expected] of FAULTS) {
  Deno.test(`enrollment: ${what} is refused`, () => {
    assert.throws(() => decode(hex(bytes)), (error) => {
      assert(error instanceof ProtocolError);
      assert.match(error.message, expected);
      return true;
    });
  });
}

Deno.test("enrollment: an answer has a configuration if and only if it accepts", () => {
  const accepted = decodeEnrollmentResponse(hex(RESPONSE));
  assert.throws(() => encodeEnrollmentResponse({ ...accepted, response: -1 }), ProtocolError);
  assert.throws(() => encodeEnrollmentResponse({ id, time, response: 0 }), ProtocolError);
  assert.throws(() => encodeEnrollmentRequest({ id: new Uint8Array(7) }), ProtocolError);
});

Deno.test("enrollment: damaged messages decode or give a ProtocolError", () => {
  checkMutations([hex(REQUEST)], decodeEnrollmentRequest, encodeEnrollmentRequest);
  checkMutations([hex(RESPONSE)], decodeEnrollmentResponse, (message) => encodeEnrollmentResponse(message));
  checkMutations([hex(ACK)], decodeEnrollmentAck, encodeEnrollmentAck);
});
