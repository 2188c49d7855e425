/**
 * Management messages of layers on Ethernet (release 0.23.0), the payload of frames for EID 0 or SAP 1: 39 bytes with DIX, 37 with
 * LLC, big-endian, then a body.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { joinBytes } from "../../core/kit/bytes.ts";
import { type QosPlaces, readQos, writeQos } from "../../core/wire/qos_fields.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";

/** Where the two formats differ: places of fields, in bytes. */
export interface ManagementFormat {
  /** Bytes in front of the body. */
  readonly fixed: number;
  /** Bytes of an id. */
  readonly id: 1 | 2;
  readonly code: number;
  readonly qos: QosPlaces;
}

const QOS_PLACES = {
  loss: 4,
  bandwidth: 8,
  ber: 16,
  maxGap: 20,
  delay: 24,
  timeout: 28,
  inOrder: 36,
} as const;
const RESPONSE = 32;

/** Management messages with DIX. */
export const DIX_MANAGEMENT: ManagementFormat = {
  fixed: 39,
  id: 2,
  code: 37,
  qos: { ...QOS_PLACES, availability: 38 },
};
/** Management messages with LLC. */
export const LLC_MANAGEMENT: ManagementFormat = {
  fixed: 37,
  id: 1,
  code: 2,
  qos: { ...QOS_PLACES, availability: 3 },
};

const REQUEST = 0;
/** Follows the hash of a question that asks for a mark, and of its answer: "ouro". The reference ignores it. */
const MARK = Uint8Array.of(0x6f, 0x75, 0x72, 0x6f);
/** Follows the hash of a query that seeks who had an address, which stands behind it. */
const SEEK = Uint8Array.of(0x77, 0x68, 0x6f, 0x3f);
const REPLY = 1;
const QUERY = 2;
const ANSWER = 3;
const ABSENT = 5;
const MOVE = 7;
const FORMER = 8;
/** Bytes of an address. */
const ADDRESS = 6;
/** Messages of two ids. */
const ABOUT_ENDS = { deallocate: 4, check: 6, present: 9 } as const;

/**
 * The bytes of a message. Fields that its code does not use are 0.
 *
 * @example
 * ```ts
 * import { decodeEthernetManagement, DIX_MANAGEMENT, encodeEthernetManagement } from "./ethernet_management.ts";
 * import assert from "node:assert/strict";
 * const message = { code: "deallocate", source: 0x41, destination: 0x40 } as const;
 * const bytes = encodeEthernetManagement(DIX_MANAGEMENT, message);
 * assert.deepEqual(decodeEthernetManagement(DIX_MANAGEMENT, bytes, 32), message);
 * ```
 */
export function encodeEthernetManagement(
  format: ManagementFormat,
  message: ShimMessage,
): Uint8Array<ArrayBuffer> {
  switch (message.code) {
    case "request": {
      const { qos, hash, data } = message;
      const body = format.fixed + hash.length / 2;
      const { bytes, view } = frame(format, REQUEST, body + data.length);
      setIds(format, bytes, message.requester, 0);
      writeQos(view, format.qos, qos);
      bytes.set(Uint8Array.fromHex(hash), format.fixed);
      bytes.set(data, body);
      return bytes;
    }
    case "reply": {
      const { bytes, view } = frame(format, REPLY, format.fixed + message.data.length);
      setIds(format, bytes, message.responder, message.requester);
      view.setInt32(RESPONSE, message.response);
      bytes.set(message.data, format.fixed);
      return bytes;
    }
    case "query":
    case "answer": {
      const code = message.code === "query" ? QUERY : ANSWER;
      const end = format.fixed + message.hash.length / 2;
      const { bytes } = frame(format, code, end + (message.marked ? MARK.length : 0));
      bytes.set(Uint8Array.fromHex(message.hash), format.fixed);
      if (message.marked) bytes.set(MARK, end);
      return bytes;
    }
    case "seek": {
      const { bytes } = frame(format, QUERY, format.fixed + message.hash.length / 2);
      bytes.set(Uint8Array.fromHex(message.hash), format.fixed);
      return joinBytes(bytes, SEEK, message.address);
    }
    case "former":
      return joinBytes(idsOnly(format, FORMER, 0, 0), message.address);
    case "deallocate":
    case "check":
    case "present":
      return idsOnly(format, ABOUT_ENDS[message.code], message.source, message.destination);
    case "absent":
      return idsOnly(format, ABSENT, 0, message.destination);
    case "move":
      return joinBytes(idsOnly(format, MOVE, message.source, message.destination), message.address);
  }
}

/**
 * Reads a message. Fields that its code does not use are ignored, and so is what follows the hash of a query or an answer, but
 * for the mark.
 *
 * @param hashLength bytes of a hash in the layer
 * @throws ProtocolError when it is too short for its fixed part or its hash, or its code is not known
 */
export function decodeEthernetManagement(
  format: ManagementFormat,
  bytes: Uint8Array,
  hashLength: number,
): ShimMessage {
  const { fixed } = format;
  if (bytes.length < fixed) {
    throw new ProtocolError(`a management message has at least ${fixed} bytes; this one has ${bytes.length}`);
  }
  const code = bytes[format.code];
  switch (code) {
    case REQUEST: {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const hash = getHash(format, bytes, hashLength);
      const [requester] = getIds(format, bytes);
      return {
        code: "request",
        requester,
        qos: readQos(view, format.qos),
        hash,
        data: bytes.subarray(fixed + hashLength),
      };
    }
    case REPLY: {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const [responder, requester] = getIds(format, bytes);
      const response = view.getInt32(RESPONSE);
      return { code: "reply", requester, responder, response, data: bytes.subarray(fixed) };
    }
    case QUERY: {
      const hash = getHash(format, bytes, hashLength), rest = bytes.subarray(fixed + hashLength);
      if (begins(rest, SEEK) && rest.length >= SEEK.length + ADDRESS) {
        return { code: "seek", hash, address: rest.subarray(SEEK.length, SEEK.length + ADDRESS) };
      }
      return { code: "query", hash, ...begins(rest, MARK) ? { marked: true } as const : {} };
    }
    case ANSWER: {
      const hash = getHash(format, bytes, hashLength), rest = bytes.subarray(fixed + hashLength);
      return { code: "answer", hash, ...begins(rest, MARK) ? { marked: true } as const : {} };
    }
    case ABSENT: {
      const [, destination] = getIds(format, bytes);
      return { code: "absent", destination };
    }
    case MOVE:
      return { code: "move", ...endsIn(format, bytes), address: getAddress(format, bytes) };
    case FORMER:
      return { code: "former", address: getAddress(format, bytes) };
    case ABOUT_ENDS.deallocate:
      return { code: "deallocate", ...endsIn(format, bytes) };
    case ABOUT_ENDS.check:
      return { code: "check", ...endsIn(format, bytes) };
    case ABOUT_ENDS.present:
      return { code: "present", ...endsIn(format, bytes) };
    default:
      throw new ProtocolError(`a management message has the unknown code ${code}`);
  }
}

const begins = (bytes: Uint8Array, mark: Uint8Array): boolean =>
  mark.every((byte, index) => bytes[index] === byte);

function getAddress({ fixed }: ManagementFormat, bytes: Uint8Array): Uint8Array {
  if (bytes.length < fixed + ADDRESS) throw new ProtocolError("news of an address have no address");
  return bytes.subarray(fixed, fixed + ADDRESS);
}

function frame(
  format: ManagementFormat,
  code: number,
  length: number,
): { bytes: Uint8Array<ArrayBuffer>; view: DataView } {
  const bytes = new Uint8Array(length);
  bytes[format.code] = code;
  return { bytes, view: new DataView(bytes.buffer) };
}

function idsOnly(
  format: ManagementFormat,
  code: number,
  sender: number,
  receiver: number,
): Uint8Array<ArrayBuffer> {
  const { bytes } = frame(format, code, format.fixed);
  setIds(format, bytes, sender, receiver);
  return bytes;
}

function setIds({ id }: ManagementFormat, into: Uint8Array, sender: number, receiver: number): void {
  if (id === 1) {
    into[0] = sender;
    into[1] = receiver;
    return;
  }
  into[0] = sender >>> 8;
  into[1] = sender;
  into[2] = receiver >>> 8;
  into[3] = receiver;
}

const getIds = ({ id }: ManagementFormat, bytes: Uint8Array): [sender: number, receiver: number] =>
  id === 1 ? [bytes[0], bytes[1]] : [bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]];

function endsIn(format: ManagementFormat, bytes: Uint8Array): { source: number; destination: number } {
  const [source, destination] = getIds(format, bytes);
  return { source, destination };
}

function getHash({ fixed }: ManagementFormat, bytes: Uint8Array, hashLength: number) {
  if (bytes.length < fixed + hashLength) {
    throw new ProtocolError(
      `a management message with a hash has at least ${fixed + hashLength} bytes here; ` +
        `this one has ${bytes.length}`,
    );
  }
  return nameHash(bytes.subarray(fixed, fixed + hashLength).toHex());
}
