/**
 * The header of every packet of a flow with FRCT (release 0.23.0): 12 bytes, big-endian. The functions work on the PDU itself,
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

/** The flags. */
export const pciFlags = (pdu: Uint8Array): number => pdu[0];
/** The window: 24 bits. */
export const pciWindow = (pdu: Uint8Array): number => pdu[1] << 16 | pdu[2] << 8 | pdu[3];
/** The sequence number. */
export const pciSeqno = (pdu: Uint8Array): number =>
  (pdu[4] << 24 | pdu[5] << 16 | pdu[6] << 8 | pdu[7]) >>> 0;
/** The number of acknowledgement. */
export const pciAckno = (pdu: Uint8Array): number =>
  (pdu[8] << 24 | pdu[9] << 16 | pdu[10] << 8 | pdu[11]) >>> 0;

/**
 * The header of a PDU.
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

/** The 12 bytes of a header. */
export function encodePci({ flags, window, seqno, ackno }: Pci): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PCI_BYTES);
  writePci(bytes, flags, window, seqno, ackno);
  return bytes;
}
