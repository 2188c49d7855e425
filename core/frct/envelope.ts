/**
 * What is around the packets of FRCT, or of the application where there is no FRCT: encryption inside, checksum outside.
 *
 *     IV ‖ E(header ‖ packet) ‖ tag ‖ CRC-32
 *
 * @module
 */
import { type Checksum, checksum, CHECKSUM_BYTES } from "./checksum.ts";
import type { PacketCipher } from "./cipher.ts";
import type { FlowCounters } from "./counters.ts";
import type { Liveness } from "./liveness.ts";
import { FLAG, PCI_BYTES } from "./pci.ts";

/** Hands one PDU to the layer below: `header`, if any, and then `pdu`. Both are copied before it returns; false: no room. */
export type SendPdu = (pdu: Uint8Array, header?: Uint8Array) => boolean;

/** What an envelope is made of. */
export interface EnvelopeParts {
  readonly send: SendPdu;
  readonly liveness: Liveness;
  readonly counters: FlowCounters;
  readonly cipher: PacketCipher | undefined;
  /** Add and check a checksum. */
  readonly checked: boolean;
  /** The PDUs are FRCT's. */
  readonly numbered: boolean;
}

/** Seals what goes out and opens what comes in. */
export class Envelope {
  /** Bytes that a packet of FRCT or of the application grows by at most. */
  readonly overhead: number;
  readonly #parts: EnvelopeParts;
  readonly #checksum: Checksum | undefined;
  /** Header and packet in one piece, and what becomes of it; grow as needed. */
  #plain = new Uint8Array(0);
  #sealed = new Uint8Array(0);
  #opened = new Uint8Array(0);

  constructor(parts: EnvelopeParts) {
    this.#parts = parts;
    if (parts.checked) this.#checksum = checksum();
    this.overhead = (parts.cipher?.overhead ?? 0) + (parts.checked ? CHECKSUM_BYTES : 0);
  }

  /** Sends a packet. False: the layer below has no room for it. */
  send(packet: Uint8Array, header?: Uint8Array): boolean {
    const { cipher, send, liveness } = this.#parts;
    liveness.spoke = true;
    if (cipher === undefined && this.#checksum === undefined) return send(packet, header);
    return send(this.#seal(this.#join(packet, header), cipher));
  }

  /**
   * What is inside a PDU that is not empty; undefined when it is damaged or not of the other end. Valid until the next call and as
   * long as the PDU is.
   */
  open(pdu: Uint8Array): Uint8Array | undefined {
    const { cipher, counters } = this.#parts;
    const sealed = this.#checksum === undefined ? pdu : this.#check(pdu, this.#checksum);
    if (sealed === undefined) counters.damaged++;
    if (sealed === undefined || cipher === undefined) return sealed;
    if (this.#opened.length < sealed.length) this.#opened = new Uint8Array(2 * sealed.length);
    const length = cipher.open(sealed, this.#opened);
    if (length >= 0) return this.#opened.subarray(0, length);
    counters.undecryptable++;
    return undefined;
  }

  #join(packet: Uint8Array, header: Uint8Array | undefined): Uint8Array {
    if (header === undefined) return packet;
    const length = header.length + packet.length;
    if (this.#plain.length < length) this.#plain = new Uint8Array(2 * length);
    this.#plain.set(header);
    this.#plain.set(packet, header.length);
    return this.#plain.subarray(0, length);
  }

  #seal(plain: Uint8Array, cipher: PacketCipher | undefined): Uint8Array {
    const room = plain.length + this.overhead;
    if (this.#sealed.length < room) this.#sealed = new Uint8Array(2 * room);
    const out = this.#sealed;
    let length = plain.length;
    if (cipher === undefined) out.set(plain);
    else length = cipher.seal(plain, out);
    if (this.#checksum === undefined) return out.subarray(0, length);
    const crc = this.#checksum(out.subarray(0, length));
    out[length] = crc >>> 24;
    out[length + 1] = crc >>> 16;
    out[length + 2] = crc >>> 8;
    out[length + 3] = crc;
    return out.subarray(0, length + CHECKSUM_BYTES);
  }

  #check(pdu: Uint8Array, crc32: Checksum): Uint8Array | undefined {
    const { cipher, numbered } = this.#parts;
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
