/**
 * Cuts the byte stream of a data socket into packets (docs/local-protocol.md §3), without copying them.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { CONSUMED_WORD, CONTROL_BIT, LIMIT_WORD, MAX_PACKET, STATE_WORD, WORD_BYTES } from "./data_frames.ts";

const INITIAL = 4096;
const LENGTH_MASK = 0xffffff;

/** Takes news of the flow: {@link LIMIT_WORD} or {@link STATE_WORD}, and the number that came with it. */
export type NewsReceiver = (word: number, value: number) => void;

/**
 * Bytes in, packets out. A packet is a view into the buffer, valid until the next {@link take}; reading goes on behind it
 * or in a second buffer. Buffers start at 4 KB and double, up to the limit, when a read fills them; a larger packet
 * gets a buffer of its own size.
 *
 * @example
 * ```ts
 * import { FrameReader } from "./stream_framing.ts";
 * import assert from "node:assert/strict";
 * const reader = new FrameReader();
 * reader.space().set([0, 0, 0, 2, 7, 8]);
 * reader.filled(6);
 * assert.deepEqual(reader.take(), new Uint8Array([7, 8]));
 * assert.equal(reader.take(), undefined);
 * ```
 */
export class FrameReader {
  #empty: (() => void) | undefined;
  #bytes = new Uint8Array(INITIAL);
  #view = new DataView(this.#bytes.buffer);
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #wanted = INITIAL;
  /** Bytes before this one are parsed. */
  #at = 0;
  /** Bytes before this one have arrived. */
  #have = 0;
  /** The next packet, when there is one. */
  #start = 0;
  #ready = false;
  /** A view of the buffer is out. */
  #lent = false;
  /** Bytes of a frame of unknown type that are still to be skipped. */
  #skip = 0;
  #consumed = 0;
  #fault: ProtocolError | undefined;

  /**
   * @param limit size to which a buffer grows, in bytes
   * @param news called from within {@link take} and {@link filled}; must not call back
   */
  constructor(private readonly limit = 64 * 1024, private readonly news: NewsReceiver = () => {}) {}

  /** Returns whether a whole packet can be taken. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Set once the stream breaks the format; packets before the fault can still be taken. */
  get fault(): ProtocolError | undefined {
    return this.#fault;
  }

  /** From now on packets without bytes are not taken: `skipped` is called for each, with the rules of the news. */
  skipEmpty(skipped: () => void): void {
    this.#empty = skipped;
  }

  /** Returns how many packets the other end has reported as consumed since this was last called. */
  takeConsumed(): number {
    const count = this.#consumed;
    this.#consumed = 0;
    return count;
  }

  /** Returns the next packet, valid until the next call; undefined when none is complete. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#ready) {
      this.#lent = false;
      return undefined;
    }
    const packet = this.#bytes.subarray(this.#start, this.#at);
    this.#lent = true;
    this.#scan();
    return packet;
  }

  /** Returns how many whole packets can be taken without reading on. */
  count(): number {
    if (!this.#ready) return 0;
    let count = 1;
    for (let at = this.#at; this.#have - at >= WORD_BYTES;) {
      const word = this.#view.getUint32(at);
      if (word > MAX_PACKET && word < CONTROL_BIT) break;
      const packet = word <= MAX_PACKET && (word > 0 || this.#empty === undefined);
      at += WORD_BYTES + (word <= MAX_PACKET ? word : word & LENGTH_MASK);
      if (packet && at <= this.#have) count++;
    }
    return count;
  }

  /**
   * Returns where the next bytes of the stream go. To be called when nothing is {@link ready}, and followed by {@link filled}
   * before it is called again.
   */
  space(): Uint8Array<ArrayBuffer> {
    const rest = this.#have - this.#at;
    const size = Math.max(this.#wanted, this.#needed(rest));
    const oversized = this.#bytes.length > Math.max(size, this.limit);
    if (this.#lent || oversized || size > this.#bytes.length) {
      const next = this.#spare !== undefined && this.#spare.length >= size && this.#spare.length <= 2 * size
        ? this.#spare
        : new Uint8Array(size);
      next.set(this.#bytes.subarray(this.#at, this.#have));
      this.#spare = this.#bytes.length <= this.limit ? this.#bytes : undefined;
      this.#bytes = next;
      this.#view = new DataView(next.buffer);
      this.#lent = false;
    } else if (this.#at > 0) {
      this.#bytes.copyWithin(0, this.#at, this.#have);
    }
    this.#at = 0;
    this.#have = rest;
    return this.#bytes.subarray(rest);
  }

  /** `count` bytes were put into {@link space}. */
  filled(count: number): void {
    this.#have += count;
    if (this.#have === this.#bytes.length && this.#wanted < this.limit) {
      this.#wanted = Math.min(this.limit, this.#wanted * 2);
    }
    this.#scan();
  }

  /** Size of the frame that has begun to arrive, as far as it must be held in one piece. */
  #needed(rest: number): number {
    if (rest < WORD_BYTES) return 0;
    const word = this.#view.getUint32(this.#at);
    return word <= MAX_PACKET ? WORD_BYTES + word : 0;
  }

  /** Goes to the next packet. */
  #scan(): void {
    this.#ready = false;
    if (this.#skip > 0) this.#skipOn();
    while (this.#have - this.#at >= WORD_BYTES) {
      const word = this.#view.getUint32(this.#at);
      if (word === 0 && this.#empty !== undefined) {
        this.#at += WORD_BYTES;
        this.#empty();
        continue;
      }
      if (word <= MAX_PACKET) {
        const start = this.#at + WORD_BYTES;
        const end = start + word;
        if (end > this.#have) return;
        this.#start = start;
        this.#at = end;
        this.#ready = true;
        return;
      }
      if (word < CONTROL_BIT) {
        this.#fault = new ProtocolError(`a packet of ${word} bytes was announced; ${MAX_PACKET} is the most`);
        this.#have = this.#at;
        return;
      }
      if (word === CONSUMED_WORD || word === LIMIT_WORD || word === STATE_WORD) {
        if (this.#have - this.#at < WORD_BYTES + 4) return;
        const value = this.#view.getUint32(this.#at + WORD_BYTES);
        this.#at += WORD_BYTES + 4;
        if (word === CONSUMED_WORD) this.#consumed += value;
        else this.news(word, value);
      } else {
        this.#at += WORD_BYTES;
        this.#skip = word & LENGTH_MASK;
        this.#skipOn();
      }
    }
  }

  #skipOn(): void {
    const count = Math.min(this.#skip, this.#have - this.#at);
    this.#skip -= count;
    this.#at += count;
  }
}
