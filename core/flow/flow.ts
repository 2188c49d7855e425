/**
 * A flow as an application has it: packets in and out, with promises.
 *
 * @module
 */
import {
  FlowDownError,
  InvalidError,
  NotAllocatedError,
  type OuroError,
  TimedOutError,
  WouldBlockError,
} from "../contract/errors.ts";
import type { Fd, FlowId } from "../contract/ids.ts";
import type { Timers } from "../contract/ports.ts";
import type { QosSpec } from "../contract/qos.ts";
import { MAX_PACKET } from "../wire/frames.ts";
import type { PacketChannel } from "./channel.ts";
import { packetIterator, readableOf, writableOf } from "./flow_streams.ts";
import { watcherOf } from "./flow_watch.ts";
import { PartialRead } from "./partial_read.ts";
import { cancelled, type WaitOptions, WaitQueue } from "./wait_queue.ts";

/** Milliseconds for which {@link Flow.deallocate} waits for a slow reader, unless told otherwise. */
const LINGER = 5000;

/** What is known of a flow once it is allocated. */
export interface FlowInfo {
  /** Id of this end on this host. */
  readonly id: FlowId;
  /** The name that the flow was allocated to, or the layer that was joined. */
  readonly name: string;
  /** Quality of the flow. */
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Data of the other end that came with the allocation; may be empty. */
  readonly data: Uint8Array;
}

/** What a {@link Flow} is made of; made by the client, not by applications. */
export interface FlowParts {
  /** Number inside the process. */
  readonly fd: Fd;
  /** What is known of it. */
  readonly info: FlowInfo;
  /** Its data connection, not opened yet. */
  readonly channel: PacketChannel;
  /** For time limits. */
  readonly timers: Timers;
  /** Tells the IRMd and frees the number, when the data connection is closed. */
  release(): Promise<void>;
}

/** Options of {@link Flow.readInto}. */
export interface ReadIntoOptions extends WaitOptions {
  /** A packet that is larger than the buffer is an error, and lost; there are no parts and no end markers. */
  readonly whole?: boolean;
}

/** Makes a flow: for the client that allocated it. Applications cannot. */
export let makeFlow: (parts: FlowParts) => Flow;

const SENT = Promise.resolve();

/**
 * One end of a flow. Made by `allocate`, `accept` and `join`.
 *
 * @example
 * ```ts
 * import { Ouroboros } from "./client.ts";
 * import { TestingIrmd } from "./testing_irmd.ts";
 * import assert from "node:assert/strict";
 *
 * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
 * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
 * const [flow, other] = await Promise.all([ouro.allocate("echo"), ouro.accept()]);
 *
 * await flow.write(new TextEncoder().encode("hello"));
 * await other.write(await other.read());
 * assert.equal(new TextDecoder().decode(await flow.read()), "hello");
 * ```
 */
export class Flow implements AsyncDisposable, AsyncIterable<Uint8Array<ArrayBuffer>> {
  /** Number of the flow inside this process, from 64. */
  readonly fd: Fd;
  /** Id of this end on this host. */
  readonly id: FlowId;
  /** The name that the flow was allocated to (also at the end that accepted), or the layer that was joined. */
  readonly name: string;
  /** Quality of the flow. */
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Data of the other end that came with the allocation; may be empty. */
  readonly data: Uint8Array;
  /** Largest packet in bytes. */
  readonly maxPacket: number = MAX_PACKET;
  /** Milliseconds that a read waits where it does not say otherwise; undefined: for ever. */
  readTimeout: number | undefined;
  /** Milliseconds that a write waits where it does not say otherwise; undefined: for ever. */
  writeTimeout: number | undefined;
  /** Reads and writes that would wait fail with a {@link WouldBlockError} instead. */
  nonBlocking = false;

  readonly #channel: PacketChannel;
  readonly #timers: Timers;
  readonly #release: () => Promise<void>;
  readonly #readers: WaitQueue<undefined, Uint8Array<ArrayBuffer>>;
  readonly #writers: WaitQueue<Uint8Array, void>;
  readonly #partial = new PartialRead();
  readonly #whenDown = Promise.withResolvers<FlowDownError>();
  #closing = false;
  #deallocated: Promise<void> | undefined;
  #drained: (() => void) | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  static {
    makeFlow = (parts) => new Flow(parts);
  }

  private constructor(parts: FlowParts) {
    ({ id: this.id, name: this.name, qos: this.qos, mpl: this.mpl, data: this.data } = parts.info);
    this.fd = parts.fd;
    this.#channel = parts.channel;
    this.#timers = parts.timers;
    this.#release = () => parts.release();
    this.#readers = new WaitQueue(parts.timers, `reading from flow ${this.fd}`);
    this.#writers = new WaitQueue(parts.timers, `writing to flow ${this.fd}`);
    this.#channel.open({
      onReadable: () => this.#deliver(),
      onWritable: () => this.#sendWaiting(),
      onDown: (error) => this.#goDown(error),
    });
  }

  /**
   * Reads one packet, which is **valid until the next read**: copy what must live longer (`packet.slice()`). Packets that
   * arrived before the flow went down are read first.
   *
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, NotAllocatedError
   */
  read(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    if (options === undefined && this.#readers.size === 0 && !this.#partial.pending) {
      const packet = this.#channel.take();
      if (packet !== undefined) return Promise.resolve(packet);
    }
    return this.#readOrWait(options ?? {});
  }

  /**
   * The next packet if one has arrived, else undefined; never waits. Valid until the next read. The quickest way to
   * read: `tryRead` until it gives nothing, then `await read()`.
   *
   * @throws FlowDownError, NotAllocatedError
   */
  tryRead(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#readers.size > 0) return undefined;
    const packet = this.#partial.pending ? this.#takeNext() : this.#channel.take();
    if (packet === undefined) this.#checkReadable();
    return packet;
  }

  /**
   * Reads one packet, or a part of it, into `buffer`; gives the number of bytes. A packet larger than the buffer is read
   * in parts; when a packet ends exactly with the buffer, the next call gives 0, and then comes the next packet.
   *
   * @throws MessageSizeError with `whole`, when the packet is larger than the buffer; it is lost
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, NotAllocatedError
   */
  async readInto(buffer: Uint8Array, options?: ReadIntoOptions): Promise<number> {
    if (this.#partial.pending && !options?.whole) return this.#partial.continue(buffer);
    const packet = await this.read(options);
    return options?.whole ? PartialRead.whole(packet, buffer) : this.#partial.start(packet, buffer);
  }

  /**
   * Writes one packet. The promise is done when the packet is on its way: `await` it before you change the bytes, and to be
   * slowed down by a slow reader. Packets go out in the order of the calls.
   *
   * @throws FlowDownError, MessageSizeError, TimedOutError, CancelledError, WouldBlockError, NotAllocatedError
   */
  write(packet: Uint8Array, options?: WaitOptions): Promise<void> {
    if (this.#writers.size === 0 && !this.#closing) {
      try {
        if (this.#channel.send(packet)) return SENT;
      } catch (thrown) {
        return Promise.reject(thrown);
      }
    }
    return this.#waitToWrite(packet, options ?? {});
  }

  /**
   * Writes one packet if there is room; says whether. Never waits, and the bytes are copied.
   *
   * @throws FlowDownError, MessageSizeError, NotAllocatedError
   */
  tryWrite(packet: Uint8Array): boolean {
    this.#checkAllocated();
    return this.#writers.size === 0 && this.#channel.send(packet);
  }

  /** Packets that have arrived and wait to be read, and packets written that the other end has not read yet. */
  get queued(): { readonly received: number; readonly sent: number } {
    return { received: this.#channel.received, sent: this.#channel.queued + this.#writers.size };
  }

  /** A packet can be read without waiting. */
  get hasPacket(): boolean {
    return this.#channel.readable || this.#partial.pending;
  }

  /** Why the flow is down; undefined while it is up, and until the packets that came before are read. */
  get down(): FlowDownError | undefined {
    return this.#channel.down;
  }

  /** Done when the flow is down, with the reason; not when this process deallocates it. */
  get whenDown(): Promise<FlowDownError> {
    return this.#whenDown.promise;
  }

  /** The flow was deallocated by this process. */
  get deallocated(): boolean {
    return this.#closing;
  }

  /** The packets that arrive, as copies; ends when the flow goes down. One reader at a time, in the way of Web streams. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableOf(this);
  }

  /** Takes packets, with back-pressure. Closing it leaves the flow allocated. */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= writableOf(this);
  }

  /** The packets that arrive, each valid until the next; ends when the flow goes down. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array<ArrayBuffer>> {
    return packetIterator(this);
  }

  /**
   * Ends the flow: sends what was written, then closes it. Reads that wait fail. A second call waits for the first.
   *
   * @param options.linger milliseconds to wait for a reader that does not take what was written (5000)
   * @throws TimedOutError when something written could not be sent in that time; the flow is closed all the same
   */
  deallocate(options: { readonly linger?: number } = {}): Promise<void> {
    return this.#deallocated ??= this.#close(options.linger ?? LINGER);
  }

  /** As {@link deallocate}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.deallocate();
  }

  async #close(linger: number): Promise<void> {
    this.#closing = true;
    this.#readers.failAll(this.#notAllocated());
    this.#partial.takeRest();
    this.#discard();
    const flushed = this.#channel.down !== undefined || await this.#flush(linger);
    this.#channel.close();
    this.#writers.failAll(this.#notAllocated());
    watcherOf(this)?.deallocated(this);
    await this.#release();
    if (!flushed) {
      throw new TimedOutError(`flow ${this.fd} was closed before its other end took what was written to it`);
    }
  }

  /** Reads on without use: two ends that close at the same time must not wait for each other. */
  #discard(): void {
    while (this.#channel.take() !== undefined);
  }

  #flush(linger: number): Promise<boolean> {
    return new Promise((done) => {
      const timer = this.#timers.after(linger, () => done(false));
      const finish = () => {
        timer.cancel();
        done(true);
      };
      const flush = () => this.#channel.whenFlushed(finish);
      if (this.#writers.size === 0) flush();
      else this.#drained = flush;
    });
  }

  #takeNext(): Uint8Array<ArrayBuffer> | undefined {
    return this.#partial.takeRest() ?? this.#channel.take();
  }

  #readOrWait(options: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#readers.size === 0 && !options.signal?.aborted) {
      const packet = this.#takeNext();
      if (packet !== undefined) return Promise.resolve(packet);
    }
    try {
      this.#checkReadable();
      return this.#wait(this.#readers, undefined, options, this.readTimeout, "reading from");
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #waitToWrite(packet: Uint8Array, options: WaitOptions): Promise<void> {
    try {
      this.#checkAllocated();
      return this.#wait(this.#writers, packet, options, this.writeTimeout, "writing to");
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #wait<P, R>(
    queue: WaitQueue<P, R>,
    payload: P,
    options: WaitOptions,
    standard: number | undefined,
    what: string,
  ): Promise<R> {
    const { signal, timeout = standard } = options;
    if (signal?.aborted) throw cancelled(`${what} flow ${this.fd}`, signal);
    if (this.nonBlocking) throw new WouldBlockError(`${what} flow ${this.fd} would have to wait`);
    if (timeout !== undefined && !(timeout >= 0)) {
      throw new InvalidError(`timeout must be a number of milliseconds; it is ${timeout}`);
    }
    return queue.add(payload, { signal, timeout });
  }

  #deliver(): void {
    if (this.#closing) return this.#discard();
    while (this.#readers.size > 0) {
      const packet = this.#channel.take();
      if (packet === undefined) return;
      // Several calls wait: taking the next packet must not spoil this one.
      this.#readers.settleFirst(this.#readers.size > 1 ? packet.slice() : packet);
    }
    if (this.#channel.readable) watcherOf(this)?.changed(this);
  }

  #sendWaiting(): void {
    for (let packet; (packet = this.#writers.first) !== undefined;) {
      try {
        if (!this.#channel.send(packet)) return;
        this.#writers.settleFirst();
      } catch (thrown) {
        this.#writers.failFirst(thrown as OuroError);
      }
    }
    this.#drained?.();
    this.#drained = undefined;
  }

  #goDown(error: FlowDownError): void {
    this.#readers.failAll(error);
    this.#sendWaiting();
    this.#whenDown.resolve(error);
    watcherOf(this)?.changed(this);
  }

  #checkReadable(): void {
    this.#checkAllocated();
    if (this.#channel.down) throw this.#channel.down;
  }

  #checkAllocated(): void {
    if (this.#closing) throw this.#notAllocated();
  }

  #notAllocated(): NotAllocatedError {
    return new NotAllocatedError(`flow ${this.fd} (${this.name}) was deallocated`);
  }
}
