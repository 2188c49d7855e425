/**
 * A flow as an application has it: packets in and out, with promises.
 *
 * @module
 */
import type { FlowDownError } from "../contract/errors.ts";
import type { Fd, FlowId } from "../contract/ids.ts";
import type { Timers } from "../contract/ports.ts";
import type { QosSpec } from "../contract/qos.ts";
import type { KnownSecurity } from "../contract/security.ts";
import type { FlowChannel } from "./flow_channel.ts";
import { notAllocated } from "./flow_calls.ts";
import { FlowReads, type ReadIntoOptions } from "./flow_reads.ts";
import { packetIterator, readableOf, writableOf } from "./flow_streams.ts";
import { watcherOf } from "./flow_watch.ts";
import { FlowWrites } from "./flow_writes.ts";
import type { WaitOptions } from "./wait_queue.ts";

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
  /** Largest packet in bytes, at the time of the allocation. */
  readonly maxPacket: number;
  /** Data of the other end that came with the allocation; may be empty. */
  readonly data: Uint8Array;
  /** Its cipher, and who is at the other end. */
  readonly security: KnownSecurity;
  /** How many ends the flow has: all members of a layer that was joined, or two, which may then run a protocol. */
  readonly ends: "two" | "many";
}

/** What a {@link Flow} is made of; made by the client, not by applications. */
export interface FlowParts {
  /** Number inside the process. */
  readonly fd: Fd;
  /** What is known of it. */
  readonly info: FlowInfo;
  /** Its data connection, not opened yet. */
  readonly channel: FlowChannel;
  /** For time limits. */
  readonly timers: Timers;
  /** Tells the IRMd and frees the number, when the data connection is closed. */
  release(): Promise<void>;
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
  /** How the flow is encrypted, and who is at the other end, as far as it has proved that. */
  readonly security: KnownSecurity;
  /** Milliseconds that a read waits where it does not say otherwise; undefined: for ever. */
  readTimeout: number | undefined;
  /** Milliseconds that a write waits where it does not say otherwise; undefined: for ever. */
  writeTimeout: number | undefined;
  /** Reads and writes that would wait fail with a {@link WouldBlockError} instead. */
  nonBlocking = false;

  readonly #channel: FlowChannel;
  readonly #release: () => Promise<void>;
  readonly #reads: FlowReads;
  readonly #writes: FlowWrites;
  readonly #whenDown = Promise.withResolvers<FlowDownError>();
  #closing = false;
  #deallocated: Promise<void> | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  static {
    makeFlow = (parts) => new Flow(parts);
  }

  private constructor(parts: FlowParts) {
    ({ id: this.id, name: this.name, qos: this.qos, mpl: this.mpl, data: this.data } = parts.info);
    this.security = parts.info.security;
    this.fd = parts.fd;
    this.#channel = parts.channel;
    this.#release = () => parts.release();
    this.#reads = new FlowReads(this, parts.channel, parts.timers);
    this.#writes = new FlowWrites(this, parts.channel, parts.timers);
    this.#channel.open({
      onReadable: () => this.#deliver(),
      onWritable: () => this.#writes.sendWaiting(),
      onChange: () => this.#change(),
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
    if (options === undefined) {
      const packet = this.#reads.take();
      if (packet !== undefined) return Promise.resolve(packet);
    }
    return this.#reads.read(options ?? {});
  }

  /**
   * The next packet if one has arrived, else undefined; never waits. Valid until the next read. The quickest way to
   * read: `tryRead` until it gives nothing, then `await read()`.
   *
   * @throws FlowDownError, NotAllocatedError
   */
  tryRead(): Uint8Array<ArrayBuffer> | undefined {
    return this.#reads.tryTake();
  }

  /**
   * Reads one packet, or a part of it, into `buffer`; gives the number of bytes. A packet larger than the buffer is read
   * in parts; when a packet ends exactly with the buffer, the next call gives 0, and then comes the next packet.
   *
   * @throws MessageSizeError with `whole`, when the packet is larger than the buffer; it is lost
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, NotAllocatedError
   */
  readInto(buffer: Uint8Array, options?: ReadIntoOptions): Promise<number> {
    return this.#reads.readInto(buffer, options ?? {});
  }

  /**
   * Writes one packet. The promise is done when the packet is on its way: `await` it before you change the bytes, and to be
   * slowed down by a slow reader. Packets go out in the order of the calls.
   *
   * @throws MessageSizeError when the packet is larger than {@link maxPacket}
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, NotAllocatedError
   */
  write(packet: Uint8Array, options?: WaitOptions): Promise<void> {
    try {
      if (!this.#closing && this.#writes.send(packet)) return SENT;
      return this.#writes.wait(packet, options ?? {});
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  /**
   * Writes one packet if there is room; says whether. Never waits, and the bytes are copied.
   *
   * @throws FlowDownError, MessageSizeError, NotAllocatedError
   */
  tryWrite(packet: Uint8Array): boolean {
    return this.#writes.trySend(packet);
  }

  /**
   * Largest packet in bytes. It may change while the flow is up, as the paths do that its packets take; a packet that was
   * written before may still be lost for its size.
   */
  get maxPacket(): number {
    return this.#channel.maxPacket;
  }

  /**
   * The layer cannot carry packets for now, as when a cable is out: what is written is lost until it is plugged in again. The
   * flow stays allocated. A `FlowSet` tells of changes (`down` and `up`).
   */
  get suspended(): boolean {
    return this.#channel.suspended;
  }

  /** Packets that have arrived and wait to be read, and packets written that the other end has not read yet. */
  get queued(): { readonly received: number; readonly sent: number } {
    return { received: this.#channel.received, sent: this.#channel.queued + this.#writes.waiting };
  }

  /** A packet can be read without waiting. */
  get hasPacket(): boolean {
    return this.#channel.readable || this.#reads.pending;
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
    this.#reads.fail(notAllocated(this));
    this.#reads.discard();
    const error = this.#channel.down === undefined ? await this.#writes.flush(linger) : undefined;
    this.#channel.close();
    this.#writes.fail(notAllocated(this));
    watcherOf(this)?.deallocated(this);
    await this.#release();
    if (error) throw error;
  }

  #deliver(): void {
    if (this.#closing) return this.#reads.discard();
    this.#reads.deliver();
    if (this.#channel.readable) watcherOf(this)?.changed(this);
  }

  #change(): void {
    this.#writes.sendWaiting(); // Some may have become too large.
    watcherOf(this)?.stateChanged(this);
  }

  #goDown(error: FlowDownError): void {
    this.#reads.fail(error);
    this.#writes.sendWaiting();
    this.#whenDown.resolve(error);
    watcherOf(this)?.changed(this);
  }
}
