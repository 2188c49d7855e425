/**
 * Packets that the application may take, in order. The packet of the PDU at hand is not copied unless the application leaves it
 * there.
 *
 * @module
 */
import type { BufferPool } from "../buffer_pool.ts";
import { WINDOW } from "../constants.ts";

/** A queue of packets, in a ring that grows. */
export class ReadyQueue {
  /** By place. A packet is in a buffer of the pool, or (one of them at most) still in its PDU. */
  #buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(WINDOW).fill(undefined);
  #lengths = new Uint32Array(WINDOW);
  #mask = WINDOW - 1;
  #first = 0;
  #length = 0;
  #bytes = 0;
  #borrowed: Uint8Array | undefined;
  #borrowedAt = 0;
  /** The buffer of the packet that was taken last. */
  #taken: Uint8Array<ArrayBuffer> | undefined;

  constructor(private readonly pool: BufferPool) {}

  /** Returns how many packets wait. */
  get length(): number {
    return this.#length;
  }

  /** Returns how many bytes the waiting packets have. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a packet whose bytes stay until {@link keep} is called. */
  borrow(packet: Uint8Array): void {
    this.#borrowed = packet;
    this.#borrowedAt = this.#add(undefined, packet.length);
  }

  /** Adds a packet in a buffer of the pool. */
  add(buffer: Uint8Array<ArrayBuffer>, length: number): void {
    this.#add(buffer, length);
  }

  /** Copies the borrowed packet, if it is still there. */
  keep(): void {
    if (this.#borrowed === undefined) return;
    this.#buffers[this.#borrowedAt] = this.pool.copy(this.#borrowed);
    this.#borrowed = undefined;
  }

  /**
   * Takes the next packet out. It is valid until the next call, or, when it is the one that was borrowed, as long as the bytes that
   * it was borrowed from.
   */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const place = this.#first;
    const length = this.#lengths[place];
    const buffer = this.#buffers[place];
    this.#first = (place + 1) & this.#mask;
    this.#length--;
    this.#bytes -= length;
    if (this.#taken !== undefined) this.pool.giveBack(this.#taken);
    this.#taken = buffer;
    if (buffer !== undefined) {
      this.#buffers[place] = undefined;
      return buffer.subarray(0, length);
    }
    const packet = this.#borrowed;
    this.#borrowed = undefined;
    return packet;
  }

  /** Empties the queue. */
  clear(): void {
    while (this.take() !== undefined);
  }

  /** Makes the ring small again, if the queue is empty. */
  shrink(): void {
    if (this.#length === 0 && this.#mask >= WINDOW) this.#resize(WINDOW);
  }

  #resize(size: number): void {
    const buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(size).fill(undefined);
    const lengths = new Uint32Array(size);
    for (let at = 0; at < this.#length; at++) {
      const place = (this.#first + at) & this.#mask;
      buffers[at] = this.#buffers[place];
      lengths[at] = this.#lengths[place];
    }
    if (this.#borrowed !== undefined) this.#borrowedAt = (this.#borrowedAt - this.#first) & this.#mask;
    this.#buffers = buffers;
    this.#lengths = lengths;
    this.#mask = size - 1;
    this.#first = 0;
  }

  #add(buffer: Uint8Array<ArrayBuffer> | undefined, length: number): number {
    if (this.#length > this.#mask) this.#resize(2 * this.#length);
    const place = (this.#first + this.#length) & this.#mask;
    this.#buffers[place] = buffer;
    this.#lengths[place] = length;
    this.#length++;
    this.#bytes += length;
    return place;
  }
}
