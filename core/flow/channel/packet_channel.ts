/**
 * Packets over a byte stream: what applications' flows and IPCPs' flows have in common. It never waits: `take` and
 * `send` say at once whether there is something, or room, and a callback tells when that has changed.
 *
 * @module
 */
import { FlowDownError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import { type ByteStream, byteStream, type PromisedStream } from "../../kit/byte_stream.ts";
import { afterCall, afterTurn } from "../../os/turn.ts";
import { FrameReader, type NewsReceiver } from "../../wire/local/stream_framing.ts";
import { LIMIT_WORD, MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { ChannelEvents, FinishCalls, Transport } from "./flow_channel.ts";
import { PacketSender } from "./packet_sender.ts";

/** After news of the flow's end from elsewhere: milliseconds of silence after which nothing more is expected to arrive. */
const DRAIN_SILENCE = 100;
/** Reads before the event loop gets its turn, should there always be something to read; a large one counts for many. */
const READS_A_TURN = 256;
const LARGE_READ_COUNTS = 32;
/** Bytes that one read takes at most: more than a Unix socket holds, so that a batch is what there is. */
const READ_BUFFER = 256 * 1024;
/** A read of so many bytes may have found them waiting. */
const LARGE_READ = 32 * 1024;

/** What a channel can be made with. */
export interface ChannelOptions {
  readonly timers: Timers;
  /** Calls back when the event loop has had its turn; left out: the real one. */
  readonly afterTurn?: (run: () => void) => void;
  /** A frame that goes out first. */
  readonly hello?: Uint8Array;
  /** Largest packet that can be sent, in bytes, until the other end says otherwise; left out: 1 MiB. */
  readonly maxPacket?: number;
}

/** One end of a flow's data connection. Its sending half is a {@link PacketSender}. */
export class PacketChannel implements Transport {
  readonly #stream: ByteStream;
  readonly #timers: Timers;
  readonly #afterTurn: (run: () => void) => void;
  readonly #reader: FrameReader;
  readonly #sender: PacketSender;
  #events: ChannelEvents | undefined;
  #reading = false;
  #pumpSoon = false;
  #readsLeft = READS_A_TURN;
  #suspended = false;
  #changed = false;
  /** Why nothing more can be read. */
  #ended: FlowDownError | undefined;
  /** The end was announced by somebody else than the other end. */
  #losing: FlowDownError | undefined;
  #silence: Timer | undefined;
  #closed = false;

  constructor(stream: ByteStream | PromisedStream, options: ChannelOptions) {
    this.#stream = byteStream(stream);
    this.#timers = options.timers;
    this.#afterTurn = options.afterTurn ?? afterTurn;
    const reader = new FrameReader(READ_BUFFER, this.#hear);
    this.#reader = reader;
    this.#sender = new PacketSender({
      stream: this.#stream,
      afterTurn: this.#afterTurn,
      hello: options.hello,
      maxPacket: options.maxPacket ?? MAX_PACKET,
      taking: () => reader.ready,
    });
    this.#stream.open({
      arrived: (count) => {
        this.#arrived(count);
        if (this.#mayPump()) this.#pump();
      },
      readFailed: (thrown) => this.#readFailed(thrown),
      wrote: (count) => this.#sender.wrote(count),
      writeFailed: (thrown) => this.#sender.writeFailed(thrown),
    });
    this.#sender.begin();
  }

  /**
   * Says who is told of changes, and starts reading.
   *
   * @param writeBuffer bytes that are collected at most while a write is under way, for users that count packets instead
   */
  open(events: ChannelEvents, writeBuffer?: number): void {
    this.#events = events;
    this.#sender.open(() => events.onWritable(), writeBuffer);
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

  /** Largest packet that can be sent, in bytes. */
  get maxPacket(): number {
    return this.#sender.maxPacket;
  }

  /** What is sent is lost for now, as the other end has said. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** Packets that have arrived in this process and wait to be taken. */
  get received(): number {
    return this.#reader.count();
  }

  /** Packets sent that the other end has not consumed, as far as it has reported. */
  get queued(): number {
    return this.#sender.queued(this.#reader.takeConsumed());
  }

  /** The next packet, valid until the next call; undefined when none is there. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    let packet = this.#reader.take();
    if (packet === undefined) {
      if (this.#pumpSoon) return undefined;
      this.#pump();
      packet = this.#reader.take();
      if (packet === undefined) return undefined;
    }
    this.#sender.took();
    if (!this.#reader.ready && !this.#pumpSoon) this.#endBatch();
    return packet;
  }

  /**
   * Copies one packet and sends it as soon as the stream takes it. False, and nothing is done, when there is no room or the
   * packet is larger than {@link maxPacket}.
   *
   * @param header bytes in front of `packet`, in the same packet
   * @param old the packet was taken when larger ones were, and is sent whatever {@link maxPacket} is now
   * @throws FlowDownError when the flow is down
   */
  transmit(packet: Uint8Array, header?: Uint8Array, old = false): boolean {
    return this.#sender.transmit(packet, header, old);
  }

  collect(): void {
    this.#sender.collect();
  }

  wait(limit: number, room = false): boolean {
    if (this.#stream.wait === undefined) return false;
    this.#sender.flush();
    // Reading on is put off to the end of the turn at most.
    if (!this.#reader.ready) this.#pumpNow();
    if (room || !this.#reader.ready) this.#stream.wait(limit);
    return true;
  }

  /** Tells the other end the largest packet, in bytes, that the flow carries from now on. */
  limit(maxPacket: number): void {
    this.#sender.tellLimit(maxPacket);
  }

  /** Tells the other end that the flow carries nothing for now, or carries packets again. */
  suspend(suspended: boolean): void {
    this.#sender.tellState(suspended);
  }

  /** Packets without bytes are signs of life: they are not for {@link take}, but `heard` is called. Before {@link open}. */
  onSignOfLife(heard: () => void): void {
    this.#reader.skipEmpty(() => {
      this.#sender.took();
      heard();
    });
  }

  /** Whether anything can still be sent. */
  get broken(): boolean {
    return this.#sender.broken !== undefined;
  }

  finish(limit: number | undefined, { done, over }: FinishCalls): void {
    let ended = false;
    const end = (error?: OuroError) => {
      if (ended) return;
      ended = true;
      timer?.cancel();
      done(error);
      over();
    };
    const timer = limit === undefined ? undefined : this.#timers.after(limit, () => {
      end(new TimedOutError("the flow was closed before its other end took what was written to it"));
    });
    this.#sender.whenFlushed(() => end());
  }

  /**
   * The flow is said to be down by somebody else (the IRMd): nothing can be sent any more; what has arrived can still be
   * taken, then the flow is down.
   */
  lose(reason: string): void {
    if (this.#closed || this.#losing || this.#ended) return;
    this.#losing = new FlowDownError(reason);
    this.#sender.break(this.#losing);
    this.#watchSilence();
  }

  /** Ends the connection now: what is not flushed is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silence?.cancel();
    this.#ended ??= this.#sender.broken ?? new FlowDownError("the flow was closed");
    this.#stream.close();
    this.#sender.close(this.#ended);
  }

  /** News come from within {@link take} too: the user is told when that is over. */
  readonly #hear: NewsReceiver = (word, value) => {
    if (word === LIMIT_WORD) this.#sender.maxPacket = Math.min(value, MAX_PACKET);
    else this.#suspended = value !== 0;
    if (this.#changed) return;
    this.#changed = true;
    afterCall(this.#tellChange);
  };

  readonly #tellChange = (): void => {
    this.#changed = false;
    if (!this.#closed) this.#events?.onChange?.();
  };

  #mayPump(): boolean {
    return !this.#reading && !this.#pumpSoon && !this.#reader.ready && !this.#ended;
  }

  /** Reads on if that makes sense now. */
  #pump(): void {
    if (this.#reading || this.#events === undefined) return;
    while (!this.#reader.ready && !this.#ended) {
      const fault = this.#reader.fault;
      if (fault) {
        return this.#end(
          new FlowDownError(`the other end broke the protocol: ${fault.message}`, { cause: fault }),
        );
      }
      if (this.#readsLeft <= 0) return this.#pumpAfterTurn();
      this.#reading = true;
      const count = this.#stream.read(this.#reader.space());
      if (count === undefined) {
        if (this.#losing) this.#watchSilence();
        return this.#sender.report();
      }
      this.#arrived(count);
      if (this.#pumpSoon) return;
    }
  }

  /** The last packet was taken. Reading on waits until the taker had a chance to answer: its answer goes first. */
  #endBatch(): void {
    if (this.#readsLeft <= 0) return this.#pumpAfterTurn();
    this.#pumpSoon = true;
    afterCall(this.#pumpNow);
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
  };

  readonly #readFailed = (thrown: unknown): void => {
    this.#reading = false;
    this.#end(new FlowDownError("the other end of the flow is gone", { cause: thrown }));
  };

  #end(error: FlowDownError): void {
    if (this.#ended) return;
    this.#silence?.cancel();
    this.#ended = this.#losing ?? error;
    this.#sender.break(this.#ended);
    this.#events?.onDown(this.#ended);
  }

  #watchSilence(): void {
    this.#silence?.cancel();
    if (!this.#reading) return;
    this.#silence = this.#timers.after(DRAIN_SILENCE, () => {
      if (this.#losing) this.#end(this.#losing);
    });
  }
}
