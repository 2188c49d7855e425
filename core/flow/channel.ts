/**
 * Packets over a byte stream: what applications' flows and IPCPs' flows have in common. It never waits: `take` and
 * `send` say at once whether there is something, or room, and a callback tells when that has changed.
 *
 * @module
 */
import { FlowDownError, MessageSizeError } from "../contract/errors.ts";
import type { Timer, Timers } from "../contract/ports.ts";
import { afterTurn } from "../os/turn.ts";
import { FrameReader } from "../wire/frame_reader.ts";
import { FrameWriter, MAX_PACKET } from "../wire/frames.ts";
import type { ByteStream } from "./byte_stream.ts";

/** So many packets may be consumed without a report (docs/local-protocol.md §3). */
const REPORT_AT = 8;
/** After news of the flow's end from elsewhere: milliseconds of silence after which nothing more is expected to arrive. */
const DRAIN_SILENCE = 100;
/** Buffers filled, and writes begun, before the event loop gets its turn: a kernel that takes all at once never waits. */
const FILLS_A_TURN = 8;
const WRITES_A_TURN = 64;
/** Reads before the event loop gets its turn, should there always be something to read; a large one counts for many. */
const READS_A_TURN = 256;
const LARGE_READ_COUNTS = 32;
/** Bytes that one read takes at most: more than a Unix socket holds, so that a batch is what there is. */
const READ_BUFFER = 256 * 1024;
/** Bytes collected at most while a write is under way. */
const WRITE_BUFFER = 128 * 1024;
/** A read of so many bytes may have found them waiting. */
const LARGE_READ = 32 * 1024;

/** How a {@link PacketChannel} tells its user that something changed. */
export interface ChannelEvents {
  /** {@link PacketChannel.take} will give a packet. May be called more often than that is new. */
  onReadable(): void;
  /** {@link PacketChannel.send} refused a packet and has room again. */
  onWritable(): void;
  /** The other end has reported that it took packets: {@link PacketChannel.queued} is lower. */
  onConsumed?(): void;
  /** Called once, when every packet was taken and no other will come. Not called after `close`. */
  onDown(error: FlowDownError): void;
}

/** What a channel can be made with. */
export interface ChannelOptions {
  readonly timers: Timers;
  /** Calls back when the event loop has had its turn; left out: the real one. */
  readonly afterTurn?: (run: () => void) => void;
  /** A frame that goes out first. */
  readonly hello?: Uint8Array;
}

/** One end of a flow's data connection. */
export class PacketChannel {
  readonly #stream: ByteStream;
  readonly #timers: Timers;
  readonly #afterTurn: (run: () => void) => void;
  readonly #reader = new FrameReader(READ_BUFFER);
  readonly #writer = new FrameWriter(WRITE_BUFFER);
  #events: ChannelEvents | undefined;
  #reading = false;
  #pumpSoon = false;
  #readsLeft = READS_A_TURN;
  #writing: Uint8Array | undefined;
  #collecting = false;
  #refused = false;
  #fills = 0;
  #writes = 0;
  /** Packets taken and not reported yet. */
  #unreported = 0;
  #sent = 0;
  #consumed = 0;
  /** Why nothing can be sent any more. */
  #unwritable: FlowDownError | undefined;
  /** Why nothing more can be read. */
  #ended: FlowDownError | undefined;
  /** The end was announced by somebody else than the other end. */
  #losing: FlowDownError | undefined;
  #silence: Timer | undefined;
  #closed = false;
  #flushed: (() => void) | undefined;

  constructor(stream: ByteStream, options: ChannelOptions) {
    this.#stream = stream;
    this.#timers = options.timers;
    this.#afterTurn = options.afterTurn ?? afterTurn;
    if (options.hello) {
      this.#writer.appendFrame(options.hello);
      this.#flush();
    }
  }

  /**
   * Says who is told of changes, and starts reading.
   *
   * @param writeBuffer bytes that are collected at most while a write is under way, for users that count packets instead
   */
  open(events: ChannelEvents, writeBuffer = WRITE_BUFFER): void {
    this.#events = events;
    this.#writer.raiseLimit(writeBuffer);
    this.#pump();
  }

  /** A packet can be taken. */
  get readable(): boolean {
    return this.#reader.ready;
  }

  /** Set when the flow is down; every packet before that was taken. */
  get down(): FlowDownError | undefined {
    return this.#ended;
  }

  /** Packets that have arrived in this process and wait to be taken. */
  get received(): number {
    return this.#reader.count();
  }

  /** Packets sent that the other end has not consumed, as far as it has reported. */
  get queued(): number {
    // What was never sent cannot have been consumed, whatever the other end says.
    this.#consumed = Math.min(this.#sent, this.#consumed + this.#reader.takeConsumed());
    return this.#sent - this.#consumed;
  }

  /** The next packet, valid until the next call; undefined when none is there. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const packet = this.#reader.take();
    if (packet === undefined) {
      if (!this.#pumpSoon) this.#pump();
      return undefined;
    }
    this.#unreported++;
    if (!this.#reader.ready && !this.#pumpSoon) this.#endBatch();
    return packet;
  }

  /**
   * Copies one packet and sends it as soon as the stream takes it. False, and nothing is done, when there is no room.
   *
   * @param header bytes in front of `packet`, in the same packet
   * @throws FlowDownError when the flow is down
   * @throws MessageSizeError when the packet is too large
   */
  send(packet: Uint8Array, header?: Uint8Array): boolean {
    if (this.#unwritable !== undefined) throw this.#unwritable;
    if (packet.length + (header?.length ?? 0) > MAX_PACKET) {
      throw new MessageSizeError(
        `a packet of ${packet.length} bytes is too large; the flow carries ${MAX_PACKET}`,
      );
    }
    if (!this.#writer.append(packet, header) && !this.#makeRoom(packet, header)) return false;
    this.#sent++;
    if (this.#writing === undefined && !this.#collecting) this.#flush();
    return true;
  }

  /** Calls `done` once all that was sent is handed to the kernel, or cannot be any more. */
  whenFlushed(done: () => void): void {
    const before = this.#flushed;
    this.#flushed = before === undefined ? done : () => (before(), done());
    this.#checkFlushed();
  }

  /**
   * The flow is said to be down by somebody else (the IRMd): nothing can be sent any more; what has arrived can still be
   * taken, then the flow is down.
   */
  lose(reason: string): void {
    if (this.#closed || this.#losing || this.#ended) return;
    this.#losing = new FlowDownError(reason);
    this.#breakWrites(this.#losing);
    this.#watchSilence();
  }

  /** Ends the connection now: what is not flushed is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silence?.cancel();
    this.#unwritable ??= new FlowDownError("the flow was closed");
    this.#ended ??= this.#unwritable;
    this.#stream.close();
    this.#checkFlushed();
  }

  /** Reads on if that makes sense now. */
  #pump(): void {
    if (this.#reading || this.#reader.ready || this.#ended || this.#events === undefined) return;
    const fault = this.#reader.fault;
    if (fault) {
      return this.#end(
        new FlowDownError(`the other end broke the protocol: ${fault.message}`, { cause: fault }),
      );
    }
    this.#reading = true;
    this.#stream.read(this.#reader.space()).then(this.#arrived, this.#readFailed);
    if (this.#losing) this.#watchSilence();
    if (this.#unreported >= REPORT_AT && this.#writing === undefined) this.#flush();
  }

  /** The last packet was taken. Reading on waits until the taker had a chance to answer: its answer goes first. */
  #endBatch(): void {
    if (this.#readsLeft <= 0) return this.#pumpAfterTurn();
    this.#pumpSoon = true;
    queueMicrotask(this.#pumpNow);
  }

  #pumpAfterTurn(): void {
    this.#pumpSoon = true;
    this.#readsLeft = READS_A_TURN;
    this.#afterTurn(this.#pumpNow);
  }

  readonly #pumpNow = (): void => {
    this.#pumpSoon = false;
    this.#pump();
  };

  readonly #arrived = (count: number | null): void => {
    this.#reading = false;
    if (this.#ended) return;
    this.#silence?.cancel();
    if (count === null) return this.#end(new FlowDownError("the other end closed the flow"));
    this.#readsLeft -= count < LARGE_READ ? 1 : LARGE_READ_COUNTS;
    this.#reader.filled(count);
    if (this.#events?.onConsumed !== undefined) this.#events.onConsumed();
    if (this.#reader.ready) this.#events?.onReadable();
    else if (this.#readsLeft > 0) this.#pump();
    else this.#pumpAfterTurn();
  };

  readonly #readFailed = (thrown: unknown): void => {
    this.#reading = false;
    this.#end(new FlowDownError("the other end of the flow is gone", { cause: thrown }));
  };

  #end(error: FlowDownError): void {
    if (this.#ended) return;
    this.#silence?.cancel();
    this.#ended = this.#losing ?? error;
    this.#breakWrites(this.#ended);
    this.#events?.onDown(this.#ended);
  }

  #watchSilence(): void {
    this.#silence?.cancel();
    if (!this.#reading) return;
    this.#silence = this.#timers.after(DRAIN_SILENCE, () => {
      if (this.#losing) this.#end(this.#losing);
    });
  }

  /** Writes what was collected, and the report, in one go. */
  #flush(): void {
    if (this.#unwritable !== undefined) return;
    const bytes = this.#writer.take(this.#unreported);
    this.#unreported = 0;
    this.#write(bytes);
    if (++this.#writes % WRITES_A_TURN === 0) this.#collect();
  }

  #write(bytes: Uint8Array): void {
    this.#writing = bytes;
    this.#stream.write(bytes).then(this.#wrote, this.#writeFailed);
  }

  readonly #wrote = (count: number): void => {
    const bytes = this.#writing;
    if (bytes === undefined || this.#closed) return;
    if (count < bytes.length) return this.#write(bytes.subarray(count));
    this.#writing = undefined;
    if (this.#refused) {
      if (!this.#writer.empty) this.#flush();
      this.#resume();
    } else if (!this.#writer.empty || (this.#unreported >= REPORT_AT && !this.#reader.ready)) this.#collect();
    this.#checkFlushed();
  };

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
    this.#events?.onWritable();
  };

  /** The taker or sender is at work: what it does until the end of the turn goes out together. */
  #collect(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    this.#afterTurn(this.#turned);
  }

  readonly #turned = (): void => {
    this.#collecting = false;
    if (this.#writing !== undefined) return;
    if (!this.#writer.empty || this.#unreported >= REPORT_AT) this.#flush();
  };

  readonly #writeFailed = (thrown: unknown): void => {
    this.#writing = undefined;
    if (this.#closed) return;
    // What the other end sent before it went away can still be read: the end of reading decides that the flow is down.
    this.#breakWrites(new FlowDownError("the other end of the flow is gone", { cause: thrown }));
  };

  #breakWrites(error: FlowDownError): void {
    if (this.#unwritable) return;
    this.#unwritable = error;
    this.#checkFlushed();
    this.#resume();
  }

  #checkFlushed(): void {
    if (this.#flushed === undefined) return;
    if (this.#unwritable === undefined && (this.#writing !== undefined || !this.#writer.empty)) return;
    const done = this.#flushed;
    this.#flushed = undefined;
    done();
  }
}
