/**
 * How an IPCP hands captured packets to the one that captures (docs/local-protocol.md): each packet of the data connection is
 * one record, 20 bytes, big-endian, and what was kept of the captured packet. A record with nothing behind it only counts.
 *
 * | offset | bytes | field                                                          |
 * | ------ | ----- | -------------------------------------------------------------- |
 * | 0      | 8     | microseconds since 1970                                        |
 * | 8      | 4     | length of the packet                                           |
 * | 12     | 4     | packets that were dropped so far: the reader was too slow      |
 * | 16     | 1     | direction: 0 in, 1 out                                         |
 * | 17     | 3     | 0                                                              |
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { Direction } from "./capture_packet.ts";

/** Bytes in front of the packet. */
export const CAPTURE_RECORD_BYTES = 20;

/** What a record says of its packet. */
export interface CaptureRecordHeader {
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  /** Bytes that the packet had, which may be more than were kept. */
  readonly length: number;
  /** Packets dropped so far. */
  readonly dropped: number;
  readonly direction: Direction;
}

/** A record. */
export interface CaptureRecord extends CaptureRecordHeader {
  /** What was kept of the packet: a view into what was decoded. */
  readonly packet: Uint8Array;
}

/**
 * Returns the bytes in front of a packet.
 *
 * @example
 * ```ts
 * import { decodeCaptureRecord, encodeCaptureRecordHeader } from "./capture_record.ts";
 * import assert from "node:assert/strict";
 * const header = { time: 1795160415426.25, length: 1400, dropped: 3, direction: "out" } as const;
 * const bytes = encodeCaptureRecordHeader(header);
 * assert.deepEqual(decodeCaptureRecord(bytes), { ...header, packet: new Uint8Array(0) });
 * ```
 */
export function encodeCaptureRecordHeader(header: CaptureRecordHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CAPTURE_RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(Math.round(header.time * 1000)));
  view.setUint32(8, header.length);
  view.setUint32(12, header.dropped);
  bytes[16] = header.direction === "out" ? 1 : 0;
  return bytes;
}

/** Reads a record. @throws ProtocolError when it is none */
export function decodeCaptureRecord(bytes: Uint8Array): CaptureRecord {
  if (bytes.length < CAPTURE_RECORD_BYTES) {
    throw new ProtocolError(
      `a record of a capture has at least ${CAPTURE_RECORD_BYTES} bytes; this one has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    time: Number(view.getBigUint64(0)) / 1000,
    length: view.getUint32(8),
    dropped: view.getUint32(12),
    direction: bytes[16] === 1 ? "out" : "in",
    packet: bytes.subarray(CAPTURE_RECORD_BYTES),
  };
}
