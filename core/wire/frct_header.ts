/**
 * What FRCT adds to a packet (release 0.23.0): a header of 12 bytes, big-endian; behind a bare acknowledgement the map of what has
 * arrived; and behind all, on flows whose quality allows no bit errors, a checksum. The functions of the header work on the PDU itself,
 * at its beginning, and allocate nothing; all but {@link decodePci} trust its length.
 *
 * @module
 */
import { ProtocolError } from "../contract/errors.ts";

/** Bytes of the header. */
export const PCI_BYTES = 12;

/** The flags of the first byte; other bits are ignored. */
export const FLAG = {
  /** Carries a packet, perhaps an empty one. */
  data: 0x01,
  /** Data run: nothing is outstanding before the number in it; a receiver without state starts there. */
  run: 0x02,
  /** The number of acknowledgement is valid. */
  ack: 0x04,
  /** The window is valid. */
  window: 0x08,
  /** Rendezvous: asks for a window. */
  rendezvous: 0x10,
  /** Of a bare acknowledgement of ours: what lies behind it is runs, not a map (`frct_report.ts`). Ignored by the reference. */
  runs: 0x80,
} as const;

/** The header as plain data, for those who look at packets. */
export interface Pci {
  /** Flags, as sent. */
  readonly flags: number;
  /** Low 24 bits of the first number that the sender of this PDU does not accept. */
  readonly window: number;
  /** Number of the packet, or of the next one. */
  readonly seqno: number;
  /** The next number that the sender of this PDU expects. */
  readonly ackno: number;
}

/** Writes the header into the first 12 bytes of `into`; of the window the low 24 bits count. */
export function writePci(
  into: Uint8Array,
  flags: number,
  window: number,
  seqno: number,
  ackno: number,
): void {
  into[0] = flags;
  into[1] = window >>> 16;
  into[2] = window >>> 8;
  into[3] = window;
  into[4] = seqno >>> 24;
  into[5] = seqno >>> 16;
  into[6] = seqno >>> 8;
  into[7] = seqno;
  into[8] = ackno >>> 24;
  into[9] = ackno >>> 16;
  into[10] = ackno >>> 8;
  into[11] = ackno;
}

/** Returns the flags. */
export const pciFlags = (pdu: Uint8Array): number => pdu[0];
/** Returns the window: 24 bits. */
export const pciWindow = (pdu: Uint8Array): number => pdu[1] << 16 | pdu[2] << 8 | pdu[3];
/** Returns the sequence number. */
export const pciSeqno = (pdu: Uint8Array): number =>
  (pdu[4] << 24 | pdu[5] << 16 | pdu[6] << 8 | pdu[7]) >>> 0;
/** Returns the number of acknowledgement. */
export const pciAckno = (pdu: Uint8Array): number =>
  (pdu[8] << 24 | pdu[9] << 16 | pdu[10] << 8 | pdu[11]) >>> 0;

/**
 * Reads the header of a PDU.
 *
 * @throws ProtocolError when the PDU is too short to have one
 *
 * @example
 * ```ts
 * import { decodePci } from "./frct_header.ts";
 * import assert from "node:assert/strict";
 * const bareAck = Uint8Array.fromHex("0c86f10500000000aa86f005");
 * assert.deepEqual(decodePci(bareAck), { flags: 0x0c, window: 0x86f105, seqno: 0, ackno: 0xaa86f005 });
 * ```
 */
export function decodePci(pdu: Uint8Array): Pci {
  if (pdu.length < PCI_BYTES) {
    throw new ProtocolError(`a packet of FRCT has at least ${PCI_BYTES} bytes; this one has ${pdu.length}`);
  }
  return { flags: pciFlags(pdu), window: pciWindow(pdu), seqno: pciSeqno(pdu), ackno: pciAckno(pdu) };
}

/** Returns the 12 bytes of a header. */
export function encodePci({ flags, window, seqno, ackno }: Pci): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PCI_BYTES);
  writePci(bytes, flags, window, seqno, ackno);
  return bytes;
}

/**
 * Most bytes of the map of packets that have arrived behind a gap, which our ends send behind the header of a bare acknowledgement:
 * one bit for each packet of a window but the first. Bit 0 of byte 0 is the number after the one acknowledged, which is missing. The
 * reference drops these bytes unread (docs/flows.md).
 */
export const MAP_BYTES = 32;

/** Marks the packet that is `ahead` (1 … 255) of the missing one. */
export function markReceived(map: Uint8Array, ahead: number): void {
  map[(ahead - 1) >> 3] |= 1 << ((ahead - 1) & 7);
}

/**
 * Returns whether the packet that is `ahead` (from 1) of the missing one has arrived, as far as the map says.
 *
 * @example
 * ```ts
 * import { isReceived, markReceived } from "./frct_header.ts";
 * import assert from "node:assert/strict";
 * const map = new Uint8Array(2);
 * markReceived(map, 9);
 * assert.deepEqual([[...map], isReceived(map, 9), isReceived(map, 200)], [[0, 1], true, false]);
 * ```
 */
export function isReceived(map: Uint8Array, ahead: number): boolean {
  const byte = map[(ahead - 1) >> 3];
  return byte !== undefined && (byte >> ((ahead - 1) & 7) & 1) === 1;
}

/** A CRC-32 (IEEE 802.3, as in zlib) of some bytes; `before` is that of the bytes in front of them. */
export type Checksum = (bytes: Uint8Array, before?: number) => number;

/** Bytes of a checksum behind a PDU; big-endian. */
export const CHECKSUM_BYTES = 4;

let table: Uint32Array | undefined;

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
}

/** The checksum without help of the runtime: about 3 ns a byte. */
export const plainChecksum: Checksum = (bytes, before = 0) => {
  const entries = table ??= makeTable();
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = crc >>> 8 ^ entries[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
};

let fastest: Checksum | undefined;

/**
 * Returns the fastest checksum there is: the runtime's, which is looked up here at the first call (importing it would slow down the
 * start of everything else), else {@link plainChecksum}.
 *
 * @example
 * ```ts
 * import { checksum } from "./frct_header.ts";
 * import assert from "node:assert/strict";
 * assert.equal(checksum()(new TextEncoder().encode("123456789")), 0xcbf43926);
 * ```
 */
export function checksum(): Checksum {
  return fastest ??= process.getBuiltinModule("node:zlib")?.crc32 ?? plainChecksum;
}
