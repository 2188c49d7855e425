/**
 * The sending half of a flow's data connection: packets are collected while a write is under way, and go out together with
 * reports of what was taken and with news of the flow.
 *
 * @module
 */
import { FlowDownError } from "../../contract/errors.ts";
import type { ByteStream } from "../../kit/byte_stream.ts";
import { FrameWriter, LIMIT_WORD, MAX_PACKET, STATE_WORD } from "../../wire/local/data_frames.ts";

/** So many packets may be consumed without a report (docs/local-protocol.md §3). */
const REPORT_AT = 8;
/** Buffers filled, and writes begun, before the event loop gets its turn: a kernel that takes all at once never waits. */
const FILLS_A_TURN = 8;
const WRITES_A_TURN = 64;
/** Bytes collected at most while a write is under way. */
const WRITE_BUFFER = 128 * 1024;

/** What a sender is made of. */
export interface PacketSenderContext {
  readonly stream: ByteStream;
  /** Calls back when the event loop has had its turn. */
  readonly afterTurn: (run: () => void) => void;
  /** A frame that goes out first. */
  readonly hello: Uint8Array | undefined;
  /** Largest packet in bytes, until {@link PacketSender.maxPacket} is set. */
  readonly maxPacket: number;
  /** Packets are being taken: the report waits until that is over. */
  taking(): boolean;
}

/** Sends packets. */
export class PacketSender {
  /** Largest packet in bytes. */
  maxPacket: number;
  readonly #stream: ByteStream;
  readonly #afterTurn: (run: () => void) => void;
  readonly #taking: () => boolean;
  readonly #writer = new FrameWriter(WRITE_BUFFER);
  #onWritable: (() => void) | undefined;
  #writing: Uint8Array | undefined;
  #collecting = false;
  #refused = false;
  #fills = 0;
  #writes = 0;
  /** Packets taken and not reported yet. */
  #unreported = 0;
  /** News that were not written yet, by their word: older ones of a kind are of no use any more. */
  #news: Map<number, number> | undefined;
  #sent = 0;
  #consumed = 0;
  /** Why nothing can be sent any more. */
  #unwritable: FlowDownError | undefined;
  #closed = false;
  #flushed: (() => void) | undefined;

  constructor({ stream, afterTurn, hello, maxPacket, taking }: PacketSenderContext) {
    this.#stream = stream;
    this.#afterTurn = afterTurn;
    this.#taking = taking;
    this.maxPacket = maxPacket;
    if (hello) this.#writer.appendFrame(hello);
  }

  /** Writes what goes out first; the stream is open. */
  begin(): void {
    if (this.#waits) this.#flush();
  }

  /**
   * Says who is told when there is room again.
   *
   * @param writeBuffer bytes that are collected at most while a write is under way
   */
  open(onWritable: () => void, writeBuffer = WRITE_BUFFER): void {
    this.#onWritable = onWritable;
    this.#writer.raiseLimit(writeBuffer);
  }

  /** Packets sent that the other end has not consumed, when it has reported `consumed` more of them. */
  queued(consumed: number): number {
    // What was never sent cannot have been consumed, whatever the other end says.
    this.#consumed = Math.min(this.#sent, this.#consumed + consumed);
    return this.#sent - this.#consumed;
  }

  /**
   * Copies one packet and sends it as soon as the stream takes it. False, and nothing is done, when there is no room or the
   * packet is larger than {@link maxPacket}.
   *
   * @param header bytes in front of `packet`, in the same packet
   * @param old the packet was taken when larger ones were, and is sent whatever {@link maxPacket} is now
   * @throws FlowDownError when nothing can be sent any more
   */
  transmit(packet: Uint8Array, header?: Uint8Array, old = false): boolean {
    if (this.#unwritable !== undefined) throw this.#unwritable;
    if (!old && packet.length + (header?.length ?? 0) > this.maxPacket) return false;
    if (!this.#writer.append(packet, header) && !this.#makeRoom(packet, header)) return false;
    this.#sent++;
    if (this.#writing === undefined && !this.#collecting) this.#flush();
    return true;
  }

  /** Tells the other end the largest packet that it may send from now on. */
  tellLimit(maxPacket: number): void {
    this.#tell(LIMIT_WORD, Math.min(maxPacket, MAX_PACKET));
  }

  /** Tells the other end whether the flow is suspended. */
  tellState(suspended: boolean): void {
    this.#tell(STATE_WORD, suspended ? 1 : 0);
  }

  /** A packet of the other direction was taken. */
  took(): void {
    this.#unreported++;
  }

  /** Reports what was taken if it is enough, and nothing is being written. */
  report(): void {
    if (this.#unreported >= REPORT_AT && this.#writing === undefined) this.#flush();
  }

  /** Calls `done` once all that was sent is handed to the kernel, or cannot be any more. */
  whenFlushed(done: () => void): void {
    const before = this.#flushed;
    this.#flushed = before === undefined ? done : () => (before(), done());
    this.#checkFlushed();
  }

  /** Nothing can be sent any more; those who wait for room hear of it. The first reason counts. */
  break(error: FlowDownError): void {
    if (this.#unwritable) return;
    this.#unwritable = error;
    this.#checkFlushed();
    // Also those whom a protocol in front lets wait.
    this.#refused = true;
    this.#resume();
  }

  /** Why nothing can be sent any more; undefined while that is possible. */
  get broken(): FlowDownError | undefined {
    return this.#unwritable;
  }

  /** The stream was closed. */
  close(reason: FlowDownError): void {
    this.#closed = true;
    this.#unwritable ??= reason;
    this.#checkFlushed();
  }

  #tell(word: number, value: number): void {
    (this.#news ??= new Map()).set(word, value);
    if (this.#writing === undefined && !this.#collecting) this.#flush();
  }

  /** Something waits to be written that nobody but the end of a turn, or of a write, writes. */
  get #waits(): boolean {
    return !this.#writer.empty || this.#news !== undefined;
  }

  /** Writes what was collected, the report and the news, in one go. */
  #flush(): void {
    if (this.#unwritable !== undefined) return;
    const bytes = this.#writer.take(this.#unreported, this.#news);
    this.#unreported = 0;
    this.#news = undefined;
    this.#write(bytes);
    if (++this.#writes % WRITES_A_TURN === 0) this.collect();
  }

  #write(bytes: Uint8Array): void {
    this.#writing = bytes;
    const count = this.#stream.write(bytes);
    if (count > 0) this.wrote(count);
    // What is sent until the end of this turn goes out together.
    if (count > 0 && this.#writing === undefined) this.collect();
  }

  /** The stream has written so many bytes of what it was given. */
  wrote(count: number): void {
    const bytes = this.#writing;
    if (bytes === undefined || this.#closed) return;
    if (count < bytes.length) return this.#write(bytes.subarray(count));
    this.#writing = undefined;
    if (this.#refused) {
      if (this.#waits) this.#flush();
      this.#resume();
    } else if (this.#waits || (this.#unreported >= REPORT_AT && !this.#taking())) this.collect();
    this.#checkFlushed();
  }

  /** What was collected goes out at once, and `packet` is collected in its place; not while the kernel is full. */
  #makeRoom(packet: Uint8Array, header: Uint8Array | undefined): boolean {
    if (this.#writing === undefined) {
      this.#flush();
      if (++this.#fills % FILLS_A_TURN !== 0) return this.#writer.append(packet, header);
      this.#afterTurn(this.#resume);
    }
    this.#refused = true;
    return false;
  }

  readonly #resume = (): void => {
    if (!this.#refused) return;
    this.#refused = false;
    this.#onWritable?.();
  };

  /** Writes what was collected, before the end of the turn. */
  flush(): void {
    if (this.#waits && this.#writing === undefined) this.#flush();
  }

  /** The taker or sender is at work: what it does until the end of the turn goes out together. */
  collect(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.#afterTurn(this.#turned);
  }

  readonly #turned = (): void => {
    this.#collecting = false;
    if (this.#writing !== undefined) return;
    if (this.#waits || this.#unreported >= REPORT_AT) this.#flush();
  };

  /** The stream can write no more. */
  writeFailed(thrown: unknown): void {
    this.#writing = undefined;
    if (this.#closed) return;
    // What the other end sent before it went away can still be read: the end of reading decides that the flow is down.
    this.break(new FlowDownError("the other end of the flow is gone", { cause: thrown }));
  }

  #checkFlushed(): void {
    if (this.#flushed === undefined) return;
    if (this.#unwritable === undefined && (this.#writing !== undefined || !this.#writer.empty)) return;
    const done = this.#flushed;
    this.#flushed = undefined;
    done();
  }
}
