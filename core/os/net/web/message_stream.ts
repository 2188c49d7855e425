/**
 * Messages over a byte stream, as frames of a WebSocket. What is sent within a turn goes out in one write.
 *
 * @module
 */
import { messageOf, ProtocolError } from "../../../contract/errors.ts";
import type { MessageSocket } from "../../../contract/network.ts";
import type { Timer } from "../../../contract/ports.ts";
import { copyBytes, NO_BYTES } from "../../../kit/bytes.ts";
import {
  FrameReader,
  mask,
  MASK_BYTES,
  MAX_FRAME_HEADER,
  OPCODES,
  writeFrameHeader,
} from "../../../wire/web/web_frames.ts";
import { backgroundTimers } from "../../clock.ts";
import { wantTurn } from "../../turn.ts";

/** Bytes that wait at most while others are being written. */
const LIMIT = 512 * 1024;
/** Bytes that there is room for at first. */
const FIRST = 16 * 1024;
/** Masks that are made at a time. */
const MASKS = 1024;
/** Milliseconds in which the last bytes must be written. */
const LAST_WORDS = 1000;
/** Why a connection ends: the other end does not keep to the protocol. */
const PROTOCOL = 1002;
/** Nothing is wrong. */
const NORMAL = 1000;

/** A connection, without and with TLS. */
export type WebConnection = Pick<Deno.Conn, "read" | "write" | "close">;

/** What is known of it. */
export interface StreamSettings {
  readonly remote: string;
  /** This end is the client: it masks. */
  readonly client: boolean;
  /** Longest message that may come. */
  readonly largest: number;
}

/** Closes a connection, which may have been closed before. */
export function closeStream(stream: Pick<WebConnection, "close">): void {
  try {
    stream.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}

interface Room {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory. */
  readonly words: Uint32Array;
}

function room(size: number): Room {
  const bytes = new Uint8Array(size);
  return { bytes, words: new Uint32Array(bytes.buffer) };
}

/** Random numbers that nobody else knows, made many at a time. */
class Masks {
  readonly #made = new Uint32Array(MASKS);
  #left = 0;

  next(): number {
    if (this.#left === 0) {
      crypto.getRandomValues(this.#made);
      this.#left = MASKS;
    }
    return this.#made[--this.#left];
  }
}

/** An open WebSocket. */
export class MessageStream implements MessageSocket {
  readonly remote: string;
  readonly #client: boolean;
  readonly #reader: FrameReader;
  readonly #masks = new Masks();
  #receive: (message: Uint8Array) => void = () => {};
  #sent: () => void = () => {};
  #ended: (reason: string) => void = () => {};
  /** Where messages are put, and what is being written. */
  #filling = room(FIRST);
  #spare = room(FIRST);
  #used = 0;
  #underWay = 0;
  #writing = false;
  #closed = false;
  #lastWords: Timer | undefined;

  constructor(private readonly stream: WebConnection, { remote, client, largest }: StreamSettings) {
    this.remote = remote;
    this.#client = client;
    this.#reader = new FrameReader({ masked: !client, largest }, {
      message: (bytes) => this.#receive(bytes),
      ping: (bytes) => void this.#put(OPCODES.pong, bytes, NO_BYTES),
      close: (code) => {
        this.#put(OPCODES.close, NO_BYTES, NO_BYTES);
        this.#end(`the other end has closed it (${code})`);
      },
    });
  }

  get queued(): number {
    return this.#used + this.#underWay;
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    return this.#put(OPCODES.binary, packet, header);
  }

  onMessage(receive: (message: Uint8Array) => void): void {
    this.#receive = receive;
  }

  onSent(sent: () => void): void {
    this.#sent = sent;
  }

  onEnd(ended: (reason: string) => void): void {
    this.#ended = ended;
  }

  close(): void {
    this.#finish(NORMAL);
  }

  /** Reads until it ends. @param before what came already */
  async run(before: Uint8Array): Promise<void> {
    if (!this.#takes(() => this.#reader.read(before))) return;
    while (!this.#closed) {
      let count: number | null;
      try {
        count = await this.stream.read(this.#reader.space);
      } catch (thrown) {
        return this.#end(messageOf(thrown));
      }
      if (count === null) return this.#end("the connection has ended");
      const came = count;
      if (!this.#takes(() => this.#reader.took(came))) return;
    }
  }

  #takes(read: () => void): boolean {
    try {
      read();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      const told = !this.#closed;
      this.#finish(PROTOCOL);
      if (told) this.#ended(thrown.message);
      return false;
    }
  }

  #put(opcode: number, packet: Uint8Array, header: Uint8Array): boolean {
    const length = header.length + packet.length;
    const needed = this.#used + MAX_FRAME_HEADER + length;
    if (this.#closed || (needed > this.#filling.bytes.length && !this.#grow(needed))) return false;
    const { bytes, words } = this.#filling;
    let at = writeFrameHeader(bytes, this.#used, opcode, length, this.#client);
    const key = this.#client ? this.#masks.next() : 0;
    if (this.#client) {
      for (let index = 0; index < MASK_BYTES; index++) bytes[at++] = key >>> 8 * index;
    }
    copyBytes(header, bytes, at);
    copyBytes(packet, bytes, at + header.length);
    if (this.#client) mask(bytes, words, at, length, key);
    this.#used = at + length;
    if (!this.#writing) {
      this.#writing = true;
      wantTurn();
      queueMicrotask(this.#startWriting);
    }
    return true;
  }

  #grow(needed: number): boolean {
    if (needed > LIMIT) return false;
    const before = this.#filling;
    this.#filling = room(Math.min(LIMIT, 2 ** Math.ceil(Math.log2(needed))));
    this.#filling.bytes.set(before.bytes.subarray(0, this.#used));
    return true;
  }

  readonly #startWriting = (): void => void this.#write();

  async #write(): Promise<void> {
    try {
      while (this.#used > 0) {
        const full = this.#filling, used = this.#used;
        // What was large once need not stay so.
        this.#filling = this.#spare.bytes.length > FIRST && used < FIRST / 4 ? room(FIRST) : this.#spare;
        this.#spare = full;
        this.#used = 0;
        this.#underWay = used;
        while (this.#underWay > 0) {
          this.#underWay -= await this.stream.write(full.bytes.subarray(used - this.#underWay, used));
        }
        if (!this.#closed) this.#sent();
      }
    } catch (thrown) {
      this.#end(messageOf(thrown));
    }
    this.#writing = false;
    if (this.#closed) this.#closeStream();
  }

  /** Says goodbye, as far as that goes at once. */
  #finish(code: number): void {
    if (this.#closed) return;
    this.#put(OPCODES.close, Uint8Array.of(code >>> 8, code & 0xff), NO_BYTES);
    this.#closed = true;
    this.#reader.end();
    this.#lastWords = backgroundTimers.after(LAST_WORDS, () => this.#closeStream());
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader.end();
    // A goodbye that was put is written.
    if (!this.#writing) this.#closeStream();
    else this.#lastWords = backgroundTimers.after(LAST_WORDS, () => this.#closeStream());
    this.#ended(reason);
  }

  #closeStream(): void {
    this.#lastWords?.cancel();
    this.#lastWords = undefined;
    closeStream(this.stream);
  }
}
