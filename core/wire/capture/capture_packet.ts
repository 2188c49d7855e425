/**
 * A captured packet of an N-1 flow of an IPCP: 8 bytes, big-endian, and the packet as the component sent or received it
 * (what the flow itself adds to it is not there). `docs/wireshark` reads the same.
 *
 * | offset | bytes | field                        |
 * | ------ | ----- | ---------------------------- |
 * | 0      | 1     | version: 1                   |
 * | 1      | 1     | direction: 0 in, 1 out       |
 * | 2      | 1     | component, see {@link COMPONENT_CODES} |
 * | 3      | 1     | 0                            |
 * | 4      | 4     | number of the flow (fd)      |
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { type Fd, fd } from "../../contract/ids.ts";
import { type CepMessage, COMPONENTS } from "../layer/cep_message.ts";

/** Bytes in front of the packet. */
export const CAPTURE_PACKET_HEADER_BYTES = 8;

/** Which way a packet went, as the one sees it whose packets are captured. */
export type Direction = "in" | "out";

/** Components of an IPCP that have flows; `broadcast` is data transfer in a broadcast layer. */
export const COMPONENT_CODES = ["unknown", "enrollment", "management", "transfer", "broadcast"] as const;

/** A component, or that it is not known (yet). */
export type FlowComponent = typeof COMPONENT_CODES[number];

/** Returns the component that a connection belongs to, by the message that began it. */
export function componentOf({ component, protocol }: CepMessage): FlowComponent {
  switch (component) {
    case COMPONENTS.enrollment:
      return "enrollment";
    case COMPONENTS.management:
      return "management";
    case COMPONENTS.transfer:
      return protocol === "" ? "broadcast" : "transfer";
  }
  return "unknown";
}

/** What a captured packet says of itself. */
export interface CapturePacketHeader {
  readonly direction: Direction;
  readonly component: FlowComponent;
  readonly fd: Fd;
}

const VERSION = 1;

/**
 * Returns the bytes in front of a packet.
 *
 * @example
 * ```ts
 * import { decodeCapturePacket, encodeCapturePacketHeader } from "./capture_packet.ts";
 * import { fd } from "../../contract/ids.ts";
 * import assert from "node:assert/strict";
 * const header = { direction: "out", component: "transfer", fd: fd(65) } as const;
 * const bytes = encodeCapturePacketHeader(header);
 * assert.equal(bytes.toHex(), "0101030000000041");
 * assert.deepEqual(decodeCapturePacket(bytes), header);
 * ```
 */
export function encodeCapturePacketHeader(
  { direction, component, fd }: CapturePacketHeader,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CAPTURE_PACKET_HEADER_BYTES);
  bytes[0] = VERSION;
  bytes[1] = direction === "out" ? 1 : 0;
  bytes[2] = COMPONENT_CODES.indexOf(component);
  new DataView(bytes.buffer).setUint32(4, fd);
  return bytes;
}

/** Reads the bytes in front of a packet. @throws ProtocolError when they are none of this version */
export function decodeCapturePacket(bytes: Uint8Array): CapturePacketHeader {
  const component = COMPONENT_CODES[bytes[2]];
  if (bytes.length < CAPTURE_PACKET_HEADER_BYTES || bytes[0] !== VERSION || bytes[1] > 1 || !component) {
    throw new ProtocolError("a captured packet of an N-1 flow has an unknown header");
  }
  const number = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4);
  return { direction: bytes[1] === 1 ? "out" : "in", component, fd: fd(number) };
}
