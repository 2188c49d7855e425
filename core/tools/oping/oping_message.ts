/**
 * The message of oping, 24 bytes at the start of each of its packets (reference: `src/tools/oping/oping.c`, the same
 * from 0.10.7 to 0.23.0). Zero bytes follow up to the size of the packet.
 *
 * | offset | bytes | field                              | order         |
 * | ------ | ----- | ---------------------------------- | ------------- |
 * | 0      | 4     | type: 0 request, 1 reply           | big-endian    |
 * | 4      | 4     | id: sequence number from 0         | big-endian    |
 * | 8      | 8     | seconds of the client's clock      | little-endian |
 * | 16     | 8     | nanoseconds, below 10⁹             | little-endian |
 *
 * The time is in host order in the reference: only the client that wrote it reads it.
 *
 * @module
 */
import { InvalidError, ProtocolError } from "../../contract/errors.ts";

/** Length of the message in bytes; packets may be longer. */
export const OPING_MESSAGE_BYTES = 24;

/** The message of oping. */
export interface OpingMessage {
  readonly type: "request" | "reply";
  /** Sequence number, 0 … 2³² − 1. */
  readonly id: number;
  /** When the request was sent, by the client's own clock, in milliseconds. */
  readonly time: number;
}

const TYPES = ["request", "reply"] as const;
const MAX_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Writes the message into the first bytes of `packet`.
 *
 * @throws InvalidError when the packet is too short or the time is negative
 *
 * @example
 * ```ts
 * import { decodeOping, encodeOping } from "./oping_message.ts";
 * import assert from "node:assert/strict";
 * const packet = new Uint8Array(64);
 * encodeOping({ type: "request", id: 3, time: 1500.25 }, packet);
 * assert.deepEqual(decodeOping(packet), { type: "request", id: 3, time: 1500.25 });
 * ```
 */
export function encodeOping(message: OpingMessage, packet: Uint8Array): void {
  if (packet.length < OPING_MESSAGE_BYTES) {
    throw new InvalidError(`an oping packet has ${OPING_MESSAGE_BYTES} bytes or more, not ${packet.length}`);
  }
  let seconds = Math.floor(message.time / 1000);
  let nanoseconds = Math.round((message.time - seconds * 1000) * 1e6);
  if (nanoseconds === 1e9) {
    seconds += 1;
    nanoseconds = 0;
  }
  if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
    throw new InvalidError(`the time of an oping message cannot be ${message.time} ms`);
  }
  const view = viewOf(packet);
  view.setUint32(0, TYPES.indexOf(message.type));
  view.setUint32(4, message.id);
  view.setUint32(8, seconds >>> 0, true);
  view.setUint32(12, Math.floor(seconds / 2 ** 32), true);
  view.setUint32(16, nanoseconds, true);
  view.setUint32(20, 0);
}

/** Reads the message at the start of `packet`. @throws ProtocolError when there is none */
export function decodeOping(packet: Uint8Array): OpingMessage {
  const { view, type } = typed(packet);
  const seconds = view.getUint32(12, true) * 2 ** 32 + view.getUint32(8, true);
  const nanoseconds = view.getUint32(16, true);
  if (seconds > MAX_SECONDS || nanoseconds >= 1e9 || view.getUint32(20) !== 0) {
    throw new ProtocolError("the time of an oping message is out of range");
  }
  return { type, id: view.getUint32(4), time: seconds * 1000 + nanoseconds / 1e6 };
}

/**
 * Makes a request the reply to it, in place: the type changes, the rest goes back as it came (the time is in the byte
 * order of the client).
 *
 * @throws ProtocolError when the packet is not a request
 */
export function turnIntoReply(packet: Uint8Array): void {
  const { view, type } = typed(packet);
  if (type !== "request") throw new ProtocolError(`an oping ${type} came where a request should be`);
  view.setUint32(0, TYPES.indexOf("reply"));
}

function typed(packet: Uint8Array): { view: DataView; type: OpingMessage["type"] } {
  if (packet.length < OPING_MESSAGE_BYTES) {
    throw new ProtocolError(
      `an oping packet has ${OPING_MESSAGE_BYTES} bytes or more; this one has ${packet.length}`,
    );
  }
  const view = viewOf(packet);
  const type = TYPES[view.getUint32(0)];
  if (!type) throw new ProtocolError(`an oping message cannot be of type ${view.getUint32(0)}`);
  return { view, type };
}
