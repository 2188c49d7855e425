/**
 * Buffers for packets that have to be kept, used again and again: allocating one costs fifty times as much as filling it.
 *
 * @module
 */

const SMALLEST = 256;
/** Larger buffers are not kept for later. */
const LARGEST_SPARE = 16 * 1024;
/** So many spare buffers are kept. */
const SPARES = 256;

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

  /** Copies a packet into a buffer, which may be longer than the packet. */
  copy(packet: Uint8Array): Uint8Array<ArrayBuffer> {
    const spare = this.#spares.pop();
    const buffer = spare !== undefined && spare.length >= packet.length
      ? spare
      : new Uint8Array(sizeFor(packet.length));
    buffer.set(packet);
    return buffer;
  }

  /** Takes back a buffer whose bytes no caller needs any more. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length <= LARGEST_SPARE && this.#spares.length < SPARES) this.#spares.push(buffer);
  }
}

function sizeFor(length: number): number {
  let size = SMALLEST;
  while (size < length) size *= 2;
  return size > LARGEST_SPARE ? length : size;
}
