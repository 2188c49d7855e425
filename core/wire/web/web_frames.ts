/**
 * Frames of WebSockets (RFC 6455, section 5). What comes is unmasked and handed on in the buffer that it came in.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";

/** What frames are. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Bytes in front of the payload, at most: with the mask. */
export const MAX_FRAME_HEADER = 14;
/** Bytes of a mask. */
export const MASK_BYTES = 4;

const FIN = 0x80, RESERVED = 0x70, MASKED = 0x80, CONTROL = 0x08;
const LENGTH_16 = 126, LENGTH_64 = 127;
/** Longest payload of frames that say something of the connection. */
const MAX_CONTROL = 125;
/** Where the reader's buffer begins to be worth more than a message. */
const READ_AHEAD = 32_768;

/**
 * Writes the header of a whole message, without the mask.
 *
 * @returns where the mask goes, or the payload if there is none
 *
 * @example
 * ```ts
 * import { OPCODES, writeFrameHeader } from "./web_frames.ts";
 * import assert from "node:assert/strict";
 * const bytes = new Uint8Array(4);
 * assert.equal(writeFrameHeader(bytes, 0, OPCODES.binary, 300, false), 4);
 * assert.equal(bytes.toHex(), "827e012c");
 * ```
 */
export function writeFrameHeader(
  into: Uint8Array,
  at: number,
  opcode: number,
  length: number,
  masked: boolean,
): number {
  const mask = masked ? MASKED : 0;
  into[at++] = FIN | opcode;
  if (length < LENGTH_16) {
    into[at++] = mask | length;
    return at;
  }
  const long = length > 0xffff;
  into[at++] = mask | (long ? LENGTH_64 : LENGTH_16);
  for (let shift = long ? 56 : 8; shift >= 0; shift -= 8) into[at++] = shift > 24 ? 0 : length >>> shift;
  return at;
}

/**
 * Masks or unmasks `length` bytes.
 *
 * @param words the same memory as `bytes`, in words
 * @param key four bytes, the first one lowest
 */
export function mask(bytes: Uint8Array, words: Uint32Array, at: number, length: number, key: number): void {
  const end = at + length;
  let turned = key;
  for (; at < end && at % 4 !== 0; at++) {
    bytes[at] ^= turned;
    turned = turned >>> 8 | turned << 24;
  }
  const whole = (end - end % 4) / 4;
  for (let word = at / 4; word < whole; word++, at += 4) words[word] ^= turned;
  for (; at < end; at++) {
    bytes[at] ^= turned;
    turned = turned >>> 8 | turned << 24;
  }
}

/** Who hears of frames. Bytes are valid during the call only. */
export interface FrameEvents {
  /** A whole message. */
  message(bytes: Uint8Array): void;
  /** The other end asks for a sign of life: the same bytes. */
  ping(bytes: Uint8Array): void;
  /** The other end ends the connection. @param code 1005: it has said none */
  close(code: number): void;
}

/** What a reader takes. */
export interface FrameLimits {
  /** The other end is a client, which masks; servers do not. */
  readonly masked: boolean;
  /** Longest message. */
  readonly largest: number;
}

/**
 * Reads frames out of a stream.
 *
 * @example
 * ```ts
 * import { FrameReader } from "./web_frames.ts";
 * import assert from "node:assert/strict";
 * const messages: string[] = [];
 * const reader = new FrameReader({ masked: false, largest: 100 }, {
 *   message: (bytes) => messages.push(bytes.toHex()),
 *   ping: () => {},
 *   close: () => {},
 * });
 * reader.read(Uint8Array.of(0x82, 2, 0xab));
 * reader.read(Uint8Array.of(0xcd, 0x82));
 * assert.deepEqual(messages, ["abcd"]);
 * ```
 */
export class FrameReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array;
  /** What came and was not taken is from `#start` to `#end`. */
  #start = 0;
  #end = 0;
  /** The frames of a message that came in several. */
  #parts: Uint8Array[] = [];
  #partsLength = 0;
  #inParts = false;
  #ended = false;

  constructor(private readonly limits: FrameLimits, private readonly events: FrameEvents) {
    const size = Math.ceil((limits.largest + MAX_FRAME_HEADER + READ_AHEAD) / 4) * 4;
    this.#bytes = new Uint8Array(size);
    this.#words = new Uint32Array(this.#bytes.buffer);
  }

  /** Where what comes next is to be put: never empty. */
  get space(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#end);
  }

  /** So many bytes were put into {@link space}. @throws ProtocolError when they are none that may come */
  took(count: number): void {
    this.#end += count;
    while (!this.#ended && this.#frame());
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** These bytes came. @throws ProtocolError when they are none that may come */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.space.length);
      this.space.set(part);
      at += part.length;
      this.took(part.length);
    }
  }

  /** Nothing more is told of. */
  end(): void {
    this.#ended = true;
  }

  /** Takes one frame. False: it is not whole. */
  #frame(): boolean {
    const bytes = this.#bytes, have = this.#end - this.#start;
    let at = this.#start;
    if (have < 2) return false;
    const first = bytes[at], second = bytes[at + 1];
    const masked = (second & MASKED) !== 0, opcode = first & 0x0f;
    if (first & RESERVED) throw new ProtocolError("a WebSocket frame has reserved bits");
    if (masked !== this.limits.masked) {
      throw new ProtocolError(`a WebSocket frame is ${masked ? "" : "not "}masked`);
    }
    let length = second & 0x7f;
    const more = length === LENGTH_16 ? 2 : length === LENGTH_64 ? 8 : 0;
    const header = 2 + more + (masked ? MASK_BYTES : 0);
    if (have < header) return false;
    at += 2;
    if (more > 0) length = 0;
    for (const end = at + more; at < end; at++) length = length * 256 + bytes[at];
    if ((opcode & CONTROL) !== 0 && (length > MAX_CONTROL || (first & FIN) === 0)) {
      throw new ProtocolError("a WebSocket control frame is too long or in parts");
    }
    if (this.#partsLength + length > this.limits.largest) {
      throw new ProtocolError(`a WebSocket message has more than ${this.limits.largest} bytes`);
    }
    if (have < header + length) return false;
    if (masked) {
      const key = bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
      at += MASK_BYTES;
      mask(bytes, this.#words, at, length, key);
    }
    this.#start = at + length;
    this.#take(opcode, (first & FIN) !== 0, bytes.subarray(at, at + length));
    return true;
  }

  #take(opcode: number, last: boolean, payload: Uint8Array): void {
    if (opcode === OPCODES.ping) this.events.ping(payload);
    else if (opcode === OPCODES.close) {
      this.#ended = true;
      this.events.close(payload.length < 2 ? 1005 : payload[0] << 8 | payload[1]);
    } else if (opcode === OPCODES.binary && !this.#inParts) {
      if (last) this.events.message(payload);
      else this.#part(payload);
    } else if (opcode === OPCODES.continuation && this.#inParts) {
      this.#part(payload);
      if (last) this.#whole();
    } else if (opcode === OPCODES.text) throw new ProtocolError("a WebSocket message is text");
    else if (opcode !== OPCODES.pong) {
      throw new ProtocolError(`a WebSocket frame of type ${opcode} is none that may come here`);
    }
  }

  /** Parts are few: so many that are empty would wait for nothing but room. */
  #part(payload: Uint8Array): void {
    if (payload.length === 0 && this.#inParts) return;
    this.#inParts = true;
    this.#parts.push(payload.slice());
    this.#partsLength += payload.length;
  }

  #whole(): void {
    const message = new Uint8Array(this.#partsLength);
    let at = 0;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#partsLength = 0;
    this.#inParts = false;
    this.events.message(message);
  }
}
