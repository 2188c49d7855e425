/**
 * Frames and management messages of raptor layers (release 0.18.0, `src/ipcpd/raptor`).
 *
 * A frame has a header of 3 bytes: its length with the header (little-endian), and the end that it is for; 1 is management. A management
 * message has 34 bytes, big-endian, and a body. The first 30 are those of release 0.18.0, which knew neither a time-out in the quality of a
 * flow nor data of the allocation protocol; nothing is left to be compatible with.
 *
 * | bytes  | field                                                                            |
 * | ------ | -------------------------------------------------------------------------------- |
 * | 0      | code: 0 request, 1 reply, 2 query, 3 answer; 4, 5, 6, 9 as over Ethernet          |
 * | 1, 2   | end of the sender, end of the receiver                                           |
 * | 3      | response of a reply: 0 accepted, else refused                                    |
 * | 4–29   | quality: loss, bandwidth (8), bit errors, longest gap, delay, in order (1), availability (1) |
 * | 30–33  | quality: time-out; in a reply its response                                       |
 * | 34–    | request: hash, data; reply: data; query and answer: hash                         |
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { readQos, writeQos } from "../../core/wire/qos_fields.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";

/** Bytes of the header of a frame. */
export const HEADER_BYTES = 3;
/** Frames are shorter than this: a page without what the card keeps of it. */
export const FRAME_LIMIT = 3896;
/** The end that management messages are for. */
export const MANAGEMENT_ID = 1;
/** Bytes of a management message in front of its body. */
export const MANAGEMENT_BYTES = 34;

const QOS_PLACES = {
  loss: 4,
  bandwidth: 8,
  ber: 16,
  maxGap: 20,
  delay: 24,
  inOrder: 28,
  availability: 29,
  timeout: 30,
};
const CODES = {
  request: 0,
  reply: 1,
  query: 2,
  answer: 3,
  deallocate: 4,
  absent: 5,
  check: 6,
  present: 9,
} as const;
const RESPONSE = 30;

/** Writes the header of a frame. @param length of its payload */
export function writeHeader(header: Uint8Array, end: number, length: number): void {
  const whole = length + HEADER_BYTES;
  header[0] = whole;
  header[1] = whole >>> 8;
  header[2] = end;
}

/**
 * Returns the payload of a frame; the card may have filled what is behind it.
 *
 * @throws ProtocolError when its length is none, or more than came
 */
export function payloadOf(frame: Uint8Array): Uint8Array {
  const length = frame.length < HEADER_BYTES ? 0 : frame[0] | frame[1] << 8;
  if (length < HEADER_BYTES || length >= FRAME_LIMIT || length > frame.length) {
    throw new ProtocolError(`a frame of ${frame.length} bytes says that it has ${length}`);
  }
  return frame.subarray(HEADER_BYTES, length);
}

/**
 * Returns the bytes of a message. Fields that its code does not use are 0.
 *
 * @example
 * ```ts
 * import { decodeRaptorManagement, encodeRaptorManagement } from "./raptor_frame.ts";
 * import assert from "node:assert/strict";
 * const message = { code: "deallocate", source: 2, destination: 3 } as const;
 * assert.deepEqual(decodeRaptorManagement(encodeRaptorManagement(message), 32), message);
 * ```
 * @throws ProtocolError for a message that these layers do not have
 */
export function encodeRaptorManagement(message: ShimMessage): Uint8Array<ArrayBuffer> {
  switch (message.code) {
    case "request": {
      const { requester, qos, hash, data } = message;
      const { bytes, view } = fixed(CODES.request, requester, 0, hash.length / 2 + data.length);
      writeQos(view, QOS_PLACES, qos);
      bytes.set(Uint8Array.fromHex(hash), MANAGEMENT_BYTES);
      bytes.set(data, MANAGEMENT_BYTES + hash.length / 2);
      return bytes;
    }
    case "reply": {
      const { requester, responder, response, data } = message;
      const { bytes, view } = fixed(CODES.reply, responder, requester, data.length);
      // The short field cannot hold every number: it says whether it is a refusal.
      view.setInt8(3, response === 0 ? 0 : -1);
      view.setInt32(RESPONSE, response);
      bytes.set(data, MANAGEMENT_BYTES);
      return bytes;
    }
    case "query":
    case "answer": {
      const { bytes } = fixed(CODES[message.code], 0, 0, message.hash.length / 2);
      bytes.set(Uint8Array.fromHex(message.hash), MANAGEMENT_BYTES);
      return bytes;
    }
    case "deallocate":
    case "check":
    case "present":
      return fixed(CODES[message.code], message.source, message.destination, 0).bytes;
    case "absent":
      return fixed(CODES.absent, 0, message.destination, 0).bytes;
    default:
      throw new ProtocolError(`there is no message ${message.code} in raptor layers`);
  }
}

/** Reads a message. @param hashLength bytes of a hash in the layer @throws ProtocolError when it is none */
export function decodeRaptorManagement(bytes: Uint8Array, hashLength: number): ShimMessage {
  if (bytes.length < MANAGEMENT_BYTES) {
    throw new ProtocolError(
      `a management message has at least ${MANAGEMENT_BYTES} bytes; this one has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [code, source, destination] = bytes;
  const body = bytes.subarray(MANAGEMENT_BYTES);
  const hash = () => {
    if (body.length < hashLength) {
      throw new ProtocolError(`its hash has ${hashLength} bytes; ${body.length} are there`);
    }
    return nameHash(body.subarray(0, hashLength).toHex());
  };
  switch (code) {
    case CODES.request:
      return {
        code: "request",
        requester: source,
        hash: hash(),
        qos: readQos(view, QOS_PLACES),
        data: body.subarray(hashLength),
      };
    case CODES.reply:
      return {
        code: "reply",
        responder: source,
        requester: destination,
        response: view.getInt32(RESPONSE),
        data: body,
      };
    case CODES.query:
      return { code: "query", hash: hash() };
    case CODES.answer:
      return { code: "answer", hash: hash() };
    case CODES.deallocate:
      return { code: "deallocate", source, destination };
    case CODES.absent:
      return { code: "absent", destination };
    case CODES.check:
      return { code: "check", source, destination };
    case CODES.present:
      return { code: "present", source, destination };
    default:
      throw new ProtocolError(`a management message has the unknown code ${code}`);
  }
}

function fixed(code: number, source: number, destination: number, body: number) {
  const bytes = new Uint8Array(MANAGEMENT_BYTES + body);
  bytes.set([code, source, destination]);
  return { bytes, view: new DataView(bytes.buffer) };
}
