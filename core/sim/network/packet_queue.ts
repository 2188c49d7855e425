/**
 * Packets on their way, in blocks of bytes that all queues of a network share: a packet costs no allocation, and memory is that
 * of the packets on their way now.
 *
 * @module
 */
import { copyBytes, NO_BYTES } from "../../kit/bytes.ts";

/** Bytes of a block; a larger packet gets a block of its own. */
const BLOCK_BYTES = 4096;
/** 64-bit words in front of a packet: time of arrival, length. */
const HEAD_WORDS = 2;

/** Room for packets. */
export interface Block {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes. */
  readonly words: Float64Array<ArrayBuffer>;
  /** Words in use. */
  used: number;
  /** The block behind it. */
  next: Block | undefined;
}

function makeBlock(bytes: number): Block {
  const buffer = new ArrayBuffer(bytes);
  return { bytes: new Uint8Array(buffer), words: new Float64Array(buffer), used: 0, next: undefined };
}

/** Bytes of the longest packet that is handed out as a copy: to make an array for part of a block costs more than to copy it. */
const SHORT = 64;

/** Arrays in which short packets are handed out, one for each length. */
export class ShortPackets {
  /** Somebody has a packet in them. */
  busy = false;
  readonly #arrays: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(SHORT + 1).fill(undefined);

  /** Copies a packet; what was handed out before in the array of its length is gone. */
  copy(block: Block, from: number, length: number): Uint8Array<ArrayBuffer> {
    const array = this.#arrays[length] ??= new Uint8Array(length);
    const { bytes } = block;
    for (let at = 0; at < length; at++) array[at] = bytes[from + at];
    return array;
  }
}

/** Blocks that no queue uses at the moment. */
export class BlockPool {
  /** For whoever delivers packets, one by one. */
  readonly short = new ShortPackets();
  readonly #free: Block[] = [];

  /** Returns a block of at least `words` words. */
  take(words: number): Block {
    if (8 * words > BLOCK_BYTES) return makeBlock(8 * words);
    return this.#free.pop() ?? makeBlock(BLOCK_BYTES);
  }

  /** Gives a block back. */
  give(block: Block): void {
    block.used = 0;
    block.next = undefined;
    if (block.bytes.length === BLOCK_BYTES) this.#free.push(block);
  }
}

/**
 * Packets in the order in which they arrive.
 *
 * @example
 * ```ts
 * import { BlockPool, PacketQueue } from "./packet_queue.ts";
 * import assert from "node:assert/strict";
 * const queue = new PacketQueue(new BlockPool());
 * queue.push(7, Uint8Array.of(1, 2));
 * assert.deepEqual([queue.arrival, [...queue.first()], queue.length], [7, [1, 2], 1]);
 * queue.shift();
 * assert.deepEqual([queue.arrival, queue.length], [Infinity, 0]);
 * ```
 */
export class PacketQueue {
  #head: Block | undefined;
  /** Word of the first block at which the first packet begins. */
  #at = 0;
  #tail: Block | undefined;
  #length = 0;

  /** @param pool blocks, shared with other queues */
  constructor(private readonly pool: BlockPool) {}

  /** Returns how many packets are on their way. */
  get length(): number {
    return this.#length;
  }

  /** Returns when the first packet arrives; infinity when there is none. */
  get arrival(): number {
    return this.#head ? this.#head.words[this.#at] : Infinity;
  }

  /** Adds a packet, copied, that arrives no earlier than those before it. */
  push(arrival: number, packet: Uint8Array, header?: Uint8Array): void {
    const ahead = header ? header.length : 0;
    const length = ahead + packet.length;
    const words = HEAD_WORDS + ((length + 7) >> 3);
    const block = this.#room(words);
    const at = block.used;
    block.words[at] = arrival;
    block.words[at + 1] = length;
    block.used = at + words;
    this.#length++;
    const from = 8 * (at + HEAD_WORDS);
    if (header) copyBytes(header, block.bytes, from);
    copyBytes(packet, block.bytes, from + ahead);
  }

  /**
   * Returns the first packet, which must be there; the bytes stay where they are until {@link shift}.
   *
   * @param short where it is copied to if it is short, which is quicker; it stays there until the next one is
   */
  first(short?: ShortPackets): Uint8Array {
    if (!this.#head) return NO_BYTES;
    const from = 8 * (this.#at + HEAD_WORDS);
    const length = this.#head.words[this.#at + 1];
    if (short && length <= SHORT) return short.copy(this.#head, from, length);
    return this.#head.bytes.subarray(from, from + length);
  }

  /** Takes the first packet out. */
  shift(): void {
    const head = this.#head;
    if (!head) return;
    this.#length--;
    this.#at += HEAD_WORDS + ((head.words[this.#at + 1] + 7) >> 3);
    if (this.#at < head.used) return;
    this.#at = 0;
    this.#head = head.next;
    if (!this.#head) this.#tail = undefined;
    this.pool.give(head);
  }

  /** Takes all out. */
  clear(): void {
    while (this.#length > 0) this.shift();
  }

  #room(words: number): Block {
    const tail = this.#tail;
    if (tail && tail.used + words <= tail.words.length) return tail;
    const block = this.pool.take(words);
    if (tail) tail.next = block;
    else this.#head = block;
    this.#tail = block;
    return block;
  }
}
