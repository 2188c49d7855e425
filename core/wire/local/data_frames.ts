/**
 * Frames of the data socket (docs/local-protocol.md §3): a 32-bit word in network order, then its bytes. Here are the
 * words and the writer; the reader is in `stream_framing.ts`.
 *
 * @module
 */

/** Largest packet in bytes; a larger length word ends the flow. */
export const MAX_PACKET = 0x100000;
/** Bytes of a word. */
export const WORD_BYTES = 4;
/** Bytes of the token in a hello. */
export const TOKEN_BYTES = 16;
/** Set in the word of every control frame. */
export const CONTROL_BIT = 0x80000000;
/** Word of the first frame of the connecting side. */
export const HELLO_WORD = 0x81000010;
/** Word of a report of packets that the reader has taken. */
export const CONSUMED_WORD = 0x82000004;
/** Word of the news that the flow carries packets of at most so many bytes from now on. */
export const LIMIT_WORD = 0x83000004;
/** Word of the news that the flow carries nothing for now (1), or carries packets again (0). */
export const STATE_WORD = 0x84000004;

/** Bytes of a control frame that carries one number. */
const NUMBER_BYTES = WORD_BYTES + 4;
/** Room in front of the packets for a report and one of each news. */
const HEAD_BYTES = 3 * NUMBER_BYTES;
const INITIAL = 4096;

/**
 * Returns the hello frame for a token of 32 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { helloFrame } from "./data_frames.ts";
 * import assert from "node:assert/strict";
 * assert.equal(helloFrame("00".repeat(16)).length, 20);
 * ```
 */
export function helloFrame(token: string): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(WORD_BYTES + TOKEN_BYTES);
  new DataView(frame.buffer).setUint32(0, HELLO_WORD);
  frame.set(Uint8Array.fromHex(token), WORD_BYTES);
  return frame;
}

/** Returns the token, in hexadecimal, of a frame that is exactly a hello; undefined for anything else. */
export function helloToken(frame: Uint8Array): string | undefined {
  if (frame.length !== WORD_BYTES + TOKEN_BYTES) return undefined;
  const word = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
  return word === HELLO_WORD ? frame.subarray(WORD_BYTES).toHex() : undefined;
}

/**
 * Collects frames while a write is under way. Two buffers: one is being written, the other filled. They start at 4 KB and
 * grow to the limit; beyond it only for a single packet that is larger.
 *
 * @example
 * ```ts
 * import { FrameWriter } from "./data_frames.ts";
 * import assert from "node:assert/strict";
 * const writer = new FrameWriter();
 * writer.append(new Uint8Array([7, 8]));
 * assert.deepEqual([...writer.take(0)], [0, 0, 0, 2, 7, 8]);
 * ```
 */
export class FrameWriter {
  #bytes = new Uint8Array(INITIAL);
  #view = new DataView(this.#bytes.buffer);
  #spare = this.#bytes;
  /** The first bytes are kept for a report and news, which then go out before the packets. */
  #at = HEAD_BYTES;

  /** @param limit bytes that are collected at most */
  constructor(private limit = 64 * 1024) {}

  /** Collects so many bytes at most from now on, if that is more. */
  raiseLimit(limit: number): void {
    this.limit = Math.max(this.limit, limit);
  }

  /** Nothing is collected. */
  get empty(): boolean {
    return this.#at === HEAD_BYTES;
  }

  /**
   * Copies one packet in. False, and nothing is done, when there is no room before the next {@link take}.
   *
   * @param header bytes in front of `packet`, in the same packet
   */
  append(packet: Uint8Array, header?: Uint8Array): boolean {
    const length = header === undefined ? packet.length : header.length + packet.length;
    let start = this.#at + WORD_BYTES;
    const end = start + length;
    if (end > this.#bytes.length && !this.#grow(end)) return false;
    this.#view.setUint32(this.#at, length);
    if (header !== undefined) {
      this.#bytes.set(header, start);
      start += header.length;
    }
    this.#bytes.set(packet, start);
    this.#at = end;
    return true;
  }

  /** Copies a frame that is made up already, such as a hello, in; only where there is room for certain: first. */
  appendFrame(frame: Uint8Array): void {
    this.#bytes.set(frame, this.#at);
    this.#at += frame.length;
  }

  /**
   * Returns what was collected, after a report of `consumed` packets unless that is 0, and after news. Valid until the next call; may
   * be empty.
   *
   * @param news values by {@link LIMIT_WORD} and {@link STATE_WORD}
   */
  take(consumed: number, news?: ReadonlyMap<number, number>): Uint8Array<ArrayBuffer> {
    const full = this.#bytes;
    const end = this.#at;
    let start = HEAD_BYTES;
    if (consumed > 0) this.#setNumber(start -= NUMBER_BYTES, CONSUMED_WORD, consumed);
    if (news !== undefined) {
      for (const [word, value] of news) this.#setNumber(start -= NUMBER_BYTES, word, value);
    }
    const reusable = this.#spare !== full && this.#spare.length <= this.limit &&
      this.#spare.length >= full.length;
    this.#bytes = reusable ? this.#spare : new Uint8Array(Math.min(full.length, this.limit));
    this.#view = new DataView(this.#bytes.buffer);
    this.#spare = full;
    this.#at = HEAD_BYTES;
    return full.subarray(start, end);
  }

  #setNumber(at: number, word: number, value: number): void {
    this.#view.setUint32(at, word);
    this.#view.setUint32(at + WORD_BYTES, value);
  }

  #grow(needed: number): boolean {
    if (needed > this.limit && !this.empty) return false;
    let size = this.#bytes.length;
    while (size < needed && size < this.limit) size *= 2;
    const larger = new Uint8Array(Math.max(needed, Math.min(size, this.limit)));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
    return true;
  }
}
