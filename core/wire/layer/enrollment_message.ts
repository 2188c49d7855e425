/**
 * The messages of enrollment (reference: `src/lib/pb/enroll.proto`, 0.23.0). The new member asks, the member answers with
 * the configuration of the layer, the new member says that it has joined.
 *
 * | message         | fields                                                                      |
 * | --------------- | --------------------------------------------------------------------------- |
 * | enroll_req_msg  | id (1, bytes)                                                               |
 * | enroll_resp_msg | id (1, bytes), t_sec (2), t_nsec (3), response (4), conf (5, when accepted) |
 * | enroll_ack_msg  | id (1, bytes), result (2)                                                   |
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { decodeProto2, encodeProto2, optional, proto2Table, required } from "../proto2.ts";

/** Longest message in bytes. */
export const MAX_ENROLLMENT_BYTES = 1024;
/** Bytes of the id that ties the three messages of one enrollment together. */
export const ENROLLMENT_ID_BYTES = 8;

/** A time of day, as the messages have it. */
export interface WallTime {
  /** Seconds since 1970. */
  readonly seconds: number;
  /** 0 … 10⁹ − 1. */
  readonly nanoseconds: number;
}

/** Asks to become a member. */
export interface EnrollmentRequest {
  /** {@link ENROLLMENT_ID_BYTES} random bytes. */
  readonly id: Uint8Array;
}

/** The answer of the member. */
export interface EnrollmentResponse {
  /** That of the request. */
  readonly id: Uint8Array;
  /** When it was sent, by the clock of the member. */
  readonly time: WallTime;
  /** 0: accepted; else the negative error number. */
  readonly response: number;
  /** The bytes of the layer's configuration; there when it is accepted, and only then. */
  readonly configuration?: Uint8Array;
}

/** Says how it went. */
export interface EnrollmentAck {
  /** That of the request. */
  readonly id: Uint8Array;
  /** 0: enrolled; else the negative error number. */
  readonly result: number;
}

const REQUEST = proto2Table("enroll_req_msg", { id: required(1, "bytes") });
const RESPONSE = proto2Table("enroll_resp_msg", {
  id: required(1, "bytes"),
  t_sec: required(2, "int64"),
  t_nsec: required(3, "int32"),
  response: required(4, "int32"),
  conf: optional(5, "bytes"),
});
const ACK = proto2Table("enroll_ack_msg", { id: required(1, "bytes"), result: required(2, "int32") });

/** Encodes a request. */
export function encodeEnrollmentRequest(request: EnrollmentRequest): Uint8Array<ArrayBuffer> {
  return checked(encodeProto2(REQUEST, request), request.id);
}

/** Reads a request. @throws ProtocolError when it is none */
export function decodeEnrollmentRequest(bytes: Uint8Array): EnrollmentRequest {
  const request = decodeProto2(REQUEST, bytes);
  checked(bytes, request.id);
  return request;
}

/**
 * Encodes an answer.
 *
 * @throws ProtocolError when it is longer than {@link MAX_ENROLLMENT_BYTES}
 *
 * @example
 * ```ts
 * import { decodeEnrollmentResponse, encodeEnrollmentResponse, wallTime } from "./enrollment_message.ts";
 * import assert from "node:assert/strict";
 * const refusal = { id: new Uint8Array(8), time: wallTime(1795159508000), response: -1003 };
 * assert.deepEqual(decodeEnrollmentResponse(encodeEnrollmentResponse(refusal)), refusal);
 * ```
 */
export function encodeEnrollmentResponse(
  { id, time, response, configuration }: EnrollmentResponse,
): Uint8Array<ArrayBuffer> {
  const bytes = encodeProto2(RESPONSE, {
    id,
    t_sec: BigInt(time.seconds),
    t_nsec: time.nanoseconds,
    response,
    conf: configuration,
  });
  if ((configuration !== undefined) !== response >= 0) throw presence(response);
  return checked(bytes, id);
}

/** Reads an answer. @throws ProtocolError when it is none */
export function decodeEnrollmentResponse(bytes: Uint8Array): EnrollmentResponse {
  const { id, t_sec, t_nsec, response, conf } = decodeProto2(RESPONSE, bytes);
  checked(bytes, id);
  const time = { seconds: Number(t_sec), nanoseconds: t_nsec };
  if (!Number.isSafeInteger(time.seconds) || t_nsec < 0 || t_nsec >= 1e9) {
    throw new ProtocolError(`enroll_resp_msg: ${t_sec} s and ${t_nsec} ns is not a time`);
  }
  if (response < 0) return { id, time, response };
  if (conf === undefined) throw presence(response);
  return { id, time, response, configuration: conf };
}

/** Encodes the last message. */
export function encodeEnrollmentAck(ack: EnrollmentAck): Uint8Array<ArrayBuffer> {
  return checked(encodeProto2(ACK, ack), ack.id);
}

/** Reads the last message. @throws ProtocolError when it is none */
export function decodeEnrollmentAck(bytes: Uint8Array): EnrollmentAck {
  const ack = decodeProto2(ACK, bytes);
  checked(bytes, ack.id);
  return ack;
}

/** `milliseconds` since 1970 as the messages have it. */
export function wallTime(milliseconds: number): WallTime {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: Math.floor((milliseconds - seconds * 1000) * 1e6) };
}

/** Returns the milliseconds since 1970 of a time in a message. */
export function millisecondsOf({ seconds, nanoseconds }: WallTime): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

function checked<B extends Uint8Array>(bytes: B, id: Uint8Array): B {
  if (bytes.length > MAX_ENROLLMENT_BYTES) {
    throw new ProtocolError(
      `a message of enrollment has ${bytes.length} bytes, more than ${MAX_ENROLLMENT_BYTES}`,
    );
  }
  if (id.length !== ENROLLMENT_ID_BYTES) {
    throw new ProtocolError(`the id of an enrollment has ${id.length} bytes, not ${ENROLLMENT_ID_BYTES}`);
  }
  return bytes;
}

function presence(response: number): ProtocolError {
  return new ProtocolError(
    `enroll_resp_msg.conf: it is there when the response is 0 or more, and only then; this is ${response}`,
  );
}
