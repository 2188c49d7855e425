/**
 * Management messages between IPCPs over UDP (release 0.23.0): whole datagrams of 47 bytes, big-endian, then a hash or data.
 * The ids of a reply stand the other way round than on Ethernet. The codes from 3 on are ours; the reference drops them.
 *
 * @module
 */
import { MessageSizeError, ProtocolError } from "../../core/contract/errors.ts";
import { type NameHash, nameHash } from "../../core/contract/ids.ts";
import { type QosPlaces, readQos, writeQos } from "../../core/wire/qos_fields.ts";
import type {
  ShimAbsent,
  ShimAnswer,
  ShimCheck,
  ShimDeallocate,
  ShimFormer,
  ShimPresent,
  ShimQuery,
  ShimReply,
  ShimRequest,
} from "../../core/ipcp/shim/shim_message.ts";

/** Bytes of the endpoint id in front of every datagram; 0 there: a management message. */
export const UDP_EID_BYTES = 4;
/** Bytes of a management message in front of its hash or data. */
export const UDP_MANAGEMENT_BYTES = 47;
/** Longest management message, in bytes: a longer one overruns a buffer of the reference. */
export const MAX_UDP_MANAGEMENT = 2048;
/** Bytes of a hash: layers over UDP use MD5. */
export const UDP_HASH_BYTES = 16;

const REQUEST = 1;
const REPLY = 2;
const QUERY = 4;
const ANSWER = 5;
const UNKNOWN = 8;
const FORMER = 10;
const ABSENT = 6;
/** Messages of two ids. */
const ABOUT_ENDS = { deallocate: 3, check: 7, present: 9 } as const;
const QOS_PLACES: QosPlaces = {
  bandwidth: 16,
  delay: 24,
  loss: 28,
  ber: 32,
  maxGap: 36,
  timeout: 40,
  availability: 45,
  inOrder: 46,
};
const WITH_HASH = UDP_MANAGEMENT_BYTES + UDP_HASH_BYTES;

/** Asks a peer whether it has registered a name. */
export interface UdpQuery extends ShimQuery {
  /** A random number that the answer repeats. Uint32. */
  readonly nonce: number;
}

/** The sender has registered the name that a {@link UdpQuery} asked for. */
export interface UdpAnswer extends ShimAnswer {
  /** That of the query. */
  readonly nonce: number;
}

/** The sender has not registered the name that a {@link UdpQuery} asked for. */
export interface UdpUnknown {
  readonly code: "unknown";
  /** That of the query. */
  readonly nonce: number;
  readonly hash: NameHash;
}

/** Any management message over UDP. */
export type UdpManagement =
  | ShimRequest
  | ShimReply
  | ShimDeallocate
  | ShimAbsent
  | ShimCheck
  | ShimPresent
  | ShimFormer
  | UdpQuery
  | UdpAnswer
  | UdpUnknown;

const NAME_CODES = { query: QUERY, answer: ANSWER, unknown: UNKNOWN };

/**
 * The datagram of a message.
 *
 * @throws MessageSizeError when its data makes it longer than {@link MAX_UDP_MANAGEMENT}
 *
 * @example
 * ```ts
 * import { decodeUdpManagement, encodeUdpManagement } from "./udp_management.ts";
 * import assert from "node:assert/strict";
 * const gone = { code: "deallocate", source: 0x1234, destination: 64 } as const;
 * assert.deepEqual(decodeUdpManagement(encodeUdpManagement(gone)), gone);
 * ```
 */
export function encodeUdpManagement(message: UdpManagement): Uint8Array<ArrayBuffer> {
  switch (message.code) {
    case "request":
      return encodeRequest(message);
    case "reply": {
      const { requester, responder, response, data } = message;
      const datagram = frame(REPLY, requester, responder, UDP_MANAGEMENT_BYTES + data.length);
      new DataView(datagram.buffer).setInt32(12, response);
      datagram.set(data, UDP_MANAGEMENT_BYTES);
      return datagram;
    }
    case "deallocate":
    case "check":
    case "present":
      return frame(ABOUT_ENDS[message.code], message.source, message.destination, UDP_MANAGEMENT_BYTES);
    case "absent":
      return frame(ABSENT, 0, message.destination, UDP_MANAGEMENT_BYTES);
    case "former": {
      const datagram = frame(FORMER, 0, 0, UDP_MANAGEMENT_BYTES + message.address.length);
      datagram.set(message.address, UDP_MANAGEMENT_BYTES);
      return datagram;
    }
    case "query":
    case "answer":
    case "unknown": {
      const datagram = frame(NAME_CODES[message.code], message.nonce, 0, WITH_HASH);
      datagram.set(Uint8Array.fromHex(message.hash), UDP_MANAGEMENT_BYTES);
      return datagram;
    }
  }
}

/**
 * Reads a datagram whose endpoint id is 0. Fields that its kind does not use are ignored.
 *
 * @throws ProtocolError when its length is not 47 … 2048, its endpoint id is not 0, its code is not known, or it is too short
 * for its hash
 */
export function decodeUdpManagement(datagram: Uint8Array): UdpManagement {
  if (datagram.length < UDP_MANAGEMENT_BYTES || datagram.length > MAX_UDP_MANAGEMENT) {
    throw new ProtocolError(
      `a management datagram has ${UDP_MANAGEMENT_BYTES} to ${MAX_UDP_MANAGEMENT} bytes; ` +
        `this one has ${datagram.length}`,
    );
  }
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  if (view.getUint32(0) !== 0) throw new ProtocolError("a management datagram has the endpoint id 0");
  const source = view.getUint32(4);
  const destination = view.getUint32(8);
  const code = datagram[44];
  switch (code) {
    case REQUEST:
      return decodeRequest(datagram, view);
    case REPLY: {
      const data = datagram.subarray(UDP_MANAGEMENT_BYTES);
      return { code: "reply", requester: source, responder: destination, response: view.getInt32(12), data };
    }
    case ABOUT_ENDS.deallocate:
      return { code: "deallocate", source, destination };
    case ABOUT_ENDS.check:
      return { code: "check", source, destination };
    case ABOUT_ENDS.present:
      return { code: "present", source, destination };
    case ABSENT:
      return { code: "absent", destination };
    case FORMER:
      return { code: "former", address: datagram.subarray(UDP_MANAGEMENT_BYTES) };
    case QUERY:
      return { code: "query", nonce: source, hash: hashOf(datagram) };
    case ANSWER:
      return { code: "answer", nonce: source, hash: hashOf(datagram) };
    case UNKNOWN:
      return { code: "unknown", nonce: source, hash: hashOf(datagram) };
    default:
      throw new ProtocolError(`a management datagram has the unknown code ${code}`);
  }
}

function encodeRequest({ requester, qos, hash, data }: ShimRequest): Uint8Array<ArrayBuffer> {
  const datagram = frame(REQUEST, requester, 0, WITH_HASH + data.length);
  const view = new DataView(datagram.buffer);
  writeQos(view, QOS_PLACES, qos);
  datagram.set(Uint8Array.fromHex(hash), UDP_MANAGEMENT_BYTES);
  datagram.set(data, WITH_HASH);
  return datagram;
}

function decodeRequest(datagram: Uint8Array, view: DataView): ShimRequest {
  return {
    code: "request",
    requester: view.getUint32(4),
    qos: readQos(view, QOS_PLACES),
    hash: hashOf(datagram),
    data: datagram.subarray(WITH_HASH),
  };
}

function hashOf(datagram: Uint8Array): NameHash {
  if (datagram.length < WITH_HASH) {
    throw new ProtocolError(`this datagram has at least ${WITH_HASH} bytes; it has ${datagram.length}`);
  }
  return nameHash(datagram.subarray(UDP_MANAGEMENT_BYTES, WITH_HASH).toHex());
}

function frame(code: number, source: number, destination: number, length: number): Uint8Array<ArrayBuffer> {
  if (length > MAX_UDP_MANAGEMENT) {
    throw new MessageSizeError(
      `the data of a flow allocation is ${length - MAX_UDP_MANAGEMENT} bytes too long for a layer over UDP`,
    );
  }
  const datagram = new Uint8Array(length);
  const view = new DataView(datagram.buffer);
  view.setUint32(4, source);
  view.setUint32(8, destination);
  datagram[44] = code;
  return datagram;
}
