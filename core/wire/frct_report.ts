/**
 * What our ends say behind the header of a bare PDU of FRCT beyond the map of the first window: that a larger window is wanted, and
 * what has arrived in one (docs/wire-extensions.md). The reference drops these bytes unread.
 *
 * @module
 */

/** Bytes behind a rendezvous: packets of the window that is wanted, big-endian. */
export const WANTED_BYTES = 4;

/** Writes the window that is wanted. */
export function writeWanted(into: Uint8Array, packets: number): void {
  into[0] = packets >>> 24;
  into[1] = packets >>> 16;
  into[2] = packets >>> 8;
  into[3] = packets;
}

/** Returns the window that is wanted; 0: none is. */
export function readWanted(body: Uint8Array): number {
  return body.length < WANTED_BYTES ? 0 : (body[0] << 24 | body[1] << 16 | body[2] << 8 | body[3]) >>> 0;
}

/** No run is longer: it has three bytes at most. */
const LONGEST_RUN = (1 << 21) - 1;

/**
 * Writes runs of packets: so many missing, from the number acknowledged on, then so many arrived, then missing, and so on. A run is
 * told in 7 bits a byte, the low ones first; the highest bit says that another byte follows.
 *
 * @example
 * ```ts
 * import { RunReader, RunWriter } from "./frct_report.ts";
 * import assert from "node:assert/strict";
 * const writer = new RunWriter();
 * writer.begin(100);
 * assert(writer.add(1) && writer.add(300));
 * const reader = new RunReader();
 * reader.begin(writer.bytes);
 * assert.deepEqual([reader.next(), reader.next(), reader.next()], [1, 300, 0]);
 * ```
 */
export class RunWriter {
  #into = new Uint8Array(64);
  #room = 0;
  #length = 0;

  /** Begins anew. @param room bytes that may be written */
  begin(room: number): void {
    this.#room = room;
    this.#length = 0;
  }

  /** Adds a run. Returns false when there is no room for it. */
  add(packets: number): boolean {
    if (packets > LONGEST_RUN || this.#length + 3 > this.#room) return false;
    if (this.#length + 3 > this.#into.length) this.#grow();
    while (packets >= 0x80) {
      this.#into[this.#length++] = packets | 0x80;
      packets >>= 7;
    }
    this.#into[this.#length++] = packets;
    return true;
  }

  /** What was written; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#into.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#into.length);
    larger.set(this.#into);
    this.#into = larger;
  }
}

/** Reads what a {@link RunWriter} has written. */
export class RunReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Begins to read. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** Returns the next run; 0: there is none, or it is damaged. */
  next(): number {
    let packets = 0;
    for (let shift = 0; shift < 21 && this.#at < this.#bytes.length; shift += 7) {
      const byte = this.#bytes[this.#at++];
      packets |= (byte & 0x7f) << shift;
      if (byte < 0x80) return packets;
    }
    this.#at = this.#bytes.length;
    return 0;
  }
}
