/**
 * Buffers for packets that have to be kept, used again and again: allocating one costs fifty times as much as filling it.
 *
 * @module
 */

const SMALLEST = 256;
/** Larger buffers are as large as their packets, and not kept for later. */
const LARGEST_SPARE = 128 * 1024;
/** Bytes that spare buffers have in all. */
const SPARE_BYTES = 4 * 1024 * 1024;

/**
 * Lends buffers.
 *
 * @example
 * ```ts
 * import { BufferPool } from "./buffer_pool.ts";
 * import assert from "node:assert/strict";
 * const pool = new BufferPool();
 * const buffer = pool.copy(new Uint8Array([1, 2, 3]));
 * assert.deepEqual([...buffer.subarray(0, 3)], [1, 2, 3]);
 * pool.giveBack(buffer);
 * assert.equal(pool.copy(new Uint8Array(200)), buffer);
 * ```
 */
export class BufferPool {
  readonly #spares: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** Forgets the spare buffers. */
  clear(): void {
    this.#spares.length = this.#bytes = 0;
  }

  /** Copies a packet into a buffer, which may be longer than the packet. */
  copy(packet: Uint8Array): Uint8Array<ArrayBuffer> {
    const spare = this.#spares.pop();
    if (spare !== undefined) this.#bytes -= spare.length;
    const buffer = spare !== undefined && spare.length >= packet.length
      ? spare
      : new Uint8Array(sizeFor(packet.length));
    buffer.set(packet);
    return buffer;
  }

  /** Takes back a buffer whose bytes no caller needs any more. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length > LARGEST_SPARE || this.#bytes + buffer.length > SPARE_BYTES) return;
    this.#spares.push(buffer);
    this.#bytes += buffer.length;
  }
}

function sizeFor(length: number): number {
  let size = SMALLEST;
  while (size < length) size *= 2;
  // Three quarters are enough for packets of an Ethernet frame.
  if (size > SMALLEST && length <= 0.75 * size) size *= 0.75;
  return size > LARGEST_SPARE ? length : size;
}
