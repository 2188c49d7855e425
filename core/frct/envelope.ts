/**
 * Encrypts and checksums the packets of FRCT, or of the application where the flow has no FRCT: encryption inside, checksum outside.
 *
 *     IV ‖ E(header ‖ packet) ‖ tag ‖ CRC-32
 *
 * @module
 */
import { NO_BYTES } from "../kit/bytes.ts";
import { type Checksum, checksum, CHECKSUM_BYTES, FLAG, PCI_BYTES } from "../wire/frct_header.ts";
import type { PacketCipher } from "../contract/cipher.ts";
import type { FlowCounters } from "./counters.ts";
import type { Liveness } from "./liveness.ts";

/** Hands `header`, if any, and `pdu` behind it to the layer below, which copies both. Returns false when the layer has no room. */
export type SendPdu = (pdu: Uint8Array, header?: Uint8Array) => boolean;

/** What an envelope works with. */
export interface EnvelopeContext {
  readonly send: SendPdu;
  readonly liveness: Liveness;
  readonly counters: FlowCounters;
  readonly cipher: PacketCipher | undefined;
  /** PDUs carry a checksum. */
  readonly checked: boolean;
  /** The PDUs are FRCT's. */
  readonly numbered: boolean;
}

/** Seals what goes out and opens what comes in. */
export class Envelope {
  /** Bytes that a packet of FRCT or of the application grows by at most. */
  readonly overhead: number;
  readonly #checksum: Checksum | undefined;
  /** The buffer of the sealed PDU; it grows as needed. */
  #sealed = new Uint8Array(0);
  /** The view of the last PDU: most PDUs have the same length. */
  #pdu = this.#sealed;

  constructor(private readonly context: EnvelopeContext) {
    if (context.checked) this.#checksum = checksum();
    this.overhead = (context.cipher?.overhead ?? 0) + (context.checked ? CHECKSUM_BYTES : 0);
  }

  /** Sends a packet. False: the layer below has no room for it. */
  send(packet: Uint8Array, header?: Uint8Array): boolean {
    const { cipher, send, liveness } = this.context;
    liveness.spoke = true;
    if (cipher === undefined && this.#checksum === undefined) return send(packet, header);
    return send(this.#seal(header ?? NO_BYTES, packet, cipher));
  }

  /**
   * Opens a PDU that is not empty. Returns undefined when the PDU is damaged or does not come from the other end. The result is valid
   * until the next call, and no longer than the PDU.
   */
  open(pdu: Uint8Array): Uint8Array | undefined {
    const { cipher, counters } = this.context;
    const sealed = this.#checksum === undefined ? pdu : this.#check(pdu, this.#checksum);
    if (sealed === undefined) counters.damaged++;
    if (sealed === undefined || cipher === undefined) return sealed;
    const opened = cipher.open(sealed);
    if (opened === undefined) counters.undecryptable++;
    return opened;
  }

  #seal(header: Uint8Array, packet: Uint8Array, cipher: PacketCipher | undefined): Uint8Array {
    const room = header.length + packet.length + this.overhead;
    if (this.#sealed.length < room) this.#sealed = new Uint8Array(2 * room);
    const out = this.#sealed;
    let length = header.length + packet.length;
    if (cipher === undefined) {
      out.set(header);
      out.set(packet, header.length);
    } else length = cipher.seal(header, packet, out);
    if (this.#checksum === undefined) return this.#first(length);
    const crc = this.#checksum(out.subarray(0, length));
    out[length] = crc >>> 24;
    out[length + 1] = crc >>> 16;
    out[length + 2] = crc >>> 8;
    out[length + 3] = crc;
    return this.#first(length + CHECKSUM_BYTES);
  }

  #first(length: number): Uint8Array {
    if (this.#pdu.buffer !== this.#sealed.buffer || this.#pdu.length !== length) {
      this.#pdu = this.#sealed.subarray(0, length);
    }
    return this.#pdu;
  }

  #check(pdu: Uint8Array, crc32: Checksum): Uint8Array | undefined {
    const { cipher, numbered } = this.context;
    // The reference sends its bare PDUs without a checksum; nothing else is so short.
    if (numbered && pdu.length === PCI_BYTES + (cipher?.overhead ?? 0)) {
      return cipher !== undefined || (pdu[0] & FLAG.data) === 0 ? pdu : undefined;
    }
    const end = pdu.length - CHECKSUM_BYTES;
    if (end < 0) return undefined;
    const told = (pdu[end] << 24 | pdu[end + 1] << 16 | pdu[end + 2] << 8 | pdu[end + 3]) >>> 0;
    const inside = pdu.subarray(0, end);
    return crc32(inside) === told ? inside : undefined;
  }
}
