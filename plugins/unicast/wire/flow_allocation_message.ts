/**
 * Messages between the flow allocators of a unicast layer (release 0.23.0): 61 bytes, big-endian, then a body. The codes for
 * deallocation, for probes, for parts and for checks are ours (docs/wire-extensions.md); the reference logs them and goes on.
 *
 * @module
 */
import { MessageSizeError, ProtocolError } from "../../../core/contract/errors.ts";
import { type Address, address, type NameHash, nameHash } from "../../../core/contract/ids.ts";
import type { QosSpec } from "../../../core/contract/qos.ts";
import { type QosPlaces, readQos, writeQos } from "../../../core/wire/qos_fields.ts";

/** Bytes in front of the body. */
export const FLOW_ALLOCATION_HEADER_BYTES = 61;
/** Longest message but a probe and a part, in bytes. */
export const MAX_FLOW_ALLOCATION_MESSAGE = 2048;

const REQUEST = 0;
const REPLY = 1;
const UPDATE = 2;
const DEALLOCATE = 3;
const PROBE = 4;
const PROBE_ANSWER = 5;
const PART = 6;
const CHECK = 7;

const QOS_PLACES: QosPlaces = {
  bandwidth: 24,
  delay: 36,
  loss: 40,
  ber: 44,
  maxGap: 48,
  timeout: 52,
  availability: 59,
  inOrder: 60,
};

/** An endpoint id: 64 bits, which the other end does not look into. */
export interface EndpointId {
  /** Upper 32 bits. */
  readonly high: number;
  /** Lower 32 bits. */
  readonly low: number;
}

/** Asks for a flow to a name. */
export interface FlowAllocationRequest {
  readonly kind: "request";
  /** Address of the member that asks. */
  readonly source: Address;
  /** Its end of the flow. */
  readonly sourceEid: EndpointId;
  readonly qos: QosSpec;
  readonly hash: NameHash;
  /** Data of the allocation protocol. When decoded: a view into the message. */
  readonly data: Uint8Array;
}

/** The answer to a request. */
export interface FlowAllocationReply {
  readonly kind: "reply";
  /** The end of the flow that the request named. */
  readonly remoteEid: EndpointId;
  /** The end of the member that answers; meaningless when it refuses. */
  readonly sourceEid: EndpointId;
  /** 0: accepted; negative: refused, an error number. Int32. */
  readonly response: number;
  /** Data of the allocation protocol. When decoded: a view into the message. */
  readonly data: Uint8Array;
}

/** The receiver of a flow's packets tells their sender what congestion they met. */
export interface FlowAllocationUpdate {
  readonly kind: "update";
  /** The sender's end of the flow. */
  readonly remoteEid: EndpointId;
  /** Congestion level, uint16. */
  readonly level: number;
}

/** The other end has deallocated the flow. */
export interface FlowAllocationDeallocate {
  readonly kind: "deallocate";
  /** The end of the flow that this is told to. */
  readonly remoteEid: EndpointId;
}

/** Asks the other member whether packets of this size arrive. */
export interface FlowAllocationProbe {
  readonly kind: "probe";
  /** Address of the member that asks. */
  readonly source: Address;
  /** Comes back with the answer. */
  readonly id: EndpointId;
  /** Bytes of the message, 61 or more: zeros follow the header. */
  readonly size: number;
}

/** A probe has arrived. */
export interface FlowAllocationProbeAnswer {
  readonly kind: "probe answer";
  /** The probe's. */
  readonly id: EndpointId;
  /** Bytes of the probe that arrived. */
  readonly size: number;
}

/** A part of a packet of a flow, which the path does not carry whole. */
export interface FlowAllocationPart {
  readonly kind: "part";
  /** Address of the member that sends it. */
  readonly source: Address;
  /** The end of the flow that the packet is for. */
  readonly remoteEid: EndpointId;
  /** Number of the packet: which parts belong together. Uint32. */
  readonly number: number;
  /** Where the part begins in the packet, and bytes of the packet. */
  readonly offset: number;
  readonly total: number;
  /** When decoded: a view into the message. */
  readonly data: Uint8Array;
}

/** Asks whether the other end of a flow is there. Where it is not, a deallocation comes back. */
export interface FlowAllocationCheck {
  readonly kind: "check";
  /** Address of the member that asks. */
  readonly source: Address;
  /** Its end of the flow. */
  readonly sourceEid: EndpointId;
  /** The end of the flow that it asks for. */
  readonly remoteEid: EndpointId;
}

/** Any message between flow allocators. */
export type FlowAllocationMessage =
  | FlowAllocationRequest
  | FlowAllocationReply
  | FlowAllocationUpdate
  | FlowAllocationDeallocate
  | FlowAllocationProbe
  | FlowAllocationProbeAnswer
  | FlowAllocationPart
  | FlowAllocationCheck;

/**
 * The bytes of a message.
 *
 * @throws MessageSizeError when its data makes it longer than {@link MAX_FLOW_ALLOCATION_MESSAGE}
 *
 * @example
 * ```ts
 * import { decodeFlowAllocationMessage, encodeFlowAllocationMessage } from "./flow_allocation_message.ts";
 * import assert from "node:assert/strict";
 * const update = { kind: "update", remoteEid: { high: 0x73ca188a, low: 0x43 }, level: 1 } as const;
 * assert.deepEqual(decodeFlowAllocationMessage(encodeFlowAllocationMessage(update), 32), update);
 * ```
 */
export function encodeFlowAllocationMessage(message: FlowAllocationMessage): Uint8Array<ArrayBuffer> {
  switch (message.kind) {
    case "request":
      return encodeRequest(message);
    case "reply": {
      const { bytes, view } = frame(REPLY, FLOW_ALLOCATION_HEADER_BYTES + message.data.length);
      setEid(view, 8, message.remoteEid);
      setEid(view, 16, message.sourceEid);
      view.setInt32(32, message.response);
      bytes.set(message.data, FLOW_ALLOCATION_HEADER_BYTES);
      return bytes;
    }
    case "update": {
      const { bytes, view } = frame(UPDATE, FLOW_ALLOCATION_HEADER_BYTES);
      setEid(view, 8, message.remoteEid);
      view.setUint16(56, message.level);
      return bytes;
    }
    case "deallocate": {
      const { bytes, view } = frame(DEALLOCATE, FLOW_ALLOCATION_HEADER_BYTES);
      setEid(view, 8, message.remoteEid);
      return bytes;
    }
    case "probe": {
      const { bytes, view } = frame(PROBE, message.size, Infinity);
      view.setUint32(4, message.source);
      setEid(view, 16, message.id);
      return bytes;
    }
    case "probe answer": {
      const { bytes, view } = frame(PROBE_ANSWER, FLOW_ALLOCATION_HEADER_BYTES);
      setEid(view, 8, message.id);
      view.setUint32(32, message.size);
      return bytes;
    }
    case "part": {
      const { bytes, view } = frame(PART, FLOW_ALLOCATION_HEADER_BYTES + message.data.length, Infinity);
      view.setUint32(4, message.source);
      setEid(view, 8, message.remoteEid);
      setEid(view, 16, { high: message.number, low: message.offset });
      view.setUint32(32, message.total);
      bytes.set(message.data, FLOW_ALLOCATION_HEADER_BYTES);
      return bytes;
    }
    case "check": {
      const { bytes, view } = frame(CHECK, FLOW_ALLOCATION_HEADER_BYTES);
      view.setUint32(4, message.source);
      setEid(view, 8, message.remoteEid);
      setEid(view, 16, message.sourceEid);
      return bytes;
    }
  }
}

/**
 * Reads a message. Fields that its kind does not use are ignored.
 *
 * @param hashLength bytes of a hash in the layer
 * @throws ProtocolError when its length is not 61 … 2048 (that of a probe or a part may be more), its code is not known, a request is too
 * short for its hash, or a message names an address of more than 32 bits
 */
export function decodeFlowAllocationMessage(bytes: Uint8Array, hashLength: number): FlowAllocationMessage {
  const code = bytes.length < FLOW_ALLOCATION_HEADER_BYTES ? undefined : bytes[58];
  if (code === undefined || (bytes.length > MAX_FLOW_ALLOCATION_MESSAGE && code !== PROBE && code !== PART)) {
    throw new ProtocolError(
      `a flow allocation message has ${FLOW_ALLOCATION_HEADER_BYTES} to ${MAX_FLOW_ALLOCATION_MESSAGE} bytes; ` +
        `this one has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (code) {
    case REQUEST:
      return decodeRequest(bytes, view, hashLength);
    case REPLY:
      return {
        kind: "reply",
        remoteEid: getEid(view, 8),
        sourceEid: getEid(view, 16),
        response: view.getInt32(32),
        data: bytes.subarray(FLOW_ALLOCATION_HEADER_BYTES),
      };
    case UPDATE:
      return { kind: "update", remoteEid: getEid(view, 8), level: view.getUint16(56) };
    case DEALLOCATE:
      return { kind: "deallocate", remoteEid: getEid(view, 8) };
    case PROBE:
      return { kind: "probe", source: getSource(view, "probe"), id: getEid(view, 16), size: bytes.length };
    case PROBE_ANSWER:
      return { kind: "probe answer", id: getEid(view, 8), size: view.getUint32(32) };
    case PART:
      return {
        kind: "part",
        source: getSource(view, "part"),
        remoteEid: getEid(view, 8),
        number: view.getUint32(16),
        offset: view.getUint32(20),
        total: view.getUint32(32),
        data: bytes.subarray(FLOW_ALLOCATION_HEADER_BYTES),
      };
    case CHECK:
      return {
        kind: "check",
        source: getSource(view, "check"),
        sourceEid: getEid(view, 16),
        remoteEid: getEid(view, 8),
      };
    default:
      throw new ProtocolError(`a flow allocation message has the unknown code ${code}`);
  }
}

function encodeRequest(
  { source, sourceEid, qos, hash, data }: FlowAllocationRequest,
): Uint8Array<ArrayBuffer> {
  const body = FLOW_ALLOCATION_HEADER_BYTES + hash.length / 2;
  const { bytes, view } = frame(REQUEST, body + data.length);
  view.setUint32(4, source);
  setEid(view, 16, sourceEid);
  writeQos(view, QOS_PLACES, qos);
  bytes.set(Uint8Array.fromHex(hash), FLOW_ALLOCATION_HEADER_BYTES);
  bytes.set(data, body);
  return bytes;
}

function decodeRequest(bytes: Uint8Array, view: DataView, hashLength: number): FlowAllocationRequest {
  const body = FLOW_ALLOCATION_HEADER_BYTES + hashLength;
  if (bytes.length < body) {
    throw new ProtocolError(`a flow request has at least ${body} bytes here; this one has ${bytes.length}`);
  }
  return {
    kind: "request",
    source: getSource(view, "flow request"),
    sourceEid: getEid(view, 16),
    qos: readQos(view, QOS_PLACES),
    hash: nameHash(bytes.subarray(FLOW_ALLOCATION_HEADER_BYTES, body).toHex()),
    data: bytes.subarray(body),
  };
}

function getSource(view: DataView, what: string): Address {
  if (view.getUint32(0) === 0) return address(view.getUint32(4));
  throw new ProtocolError(`a ${what} names an address of more than 32 bits`);
}

function frame(
  code: number,
  length: number,
  most = MAX_FLOW_ALLOCATION_MESSAGE,
): { bytes: Uint8Array<ArrayBuffer>; view: DataView } {
  if (length > most) {
    throw new MessageSizeError(
      `the data of a flow allocation is ${length - most} bytes too long for this layer`,
    );
  }
  const bytes = new Uint8Array(length);
  bytes[58] = code;
  return { bytes, view: new DataView(bytes.buffer) };
}

function setEid(view: DataView, at: number, { high, low }: EndpointId): void {
  view.setUint32(at, high);
  view.setUint32(at + 4, low);
}

const getEid = (view: DataView, at: number): EndpointId => ({
  high: view.getUint32(at),
  low: view.getUint32(at + 4),
});
