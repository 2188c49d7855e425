/**
 * A flow as an application has it: packets in and out, with promises.
 *
 * @module
 */
import { asOuroError, type FlowDownError, InvalidError } from "../contract/errors.ts";
import type { Fd, FlowId } from "../contract/ids.ts";
import { isReliable, type QosSpec } from "../contract/qos.ts";
import type { KnownSecurity } from "../contract/security.ts";
import { type ByteStreamPair, byteStreams } from "./byte_streams.ts";
import {
  type FlowAccess,
  type FlowWatcher,
  isLoss,
  lingerOf,
  notAllocated,
  type SyncOptions,
} from "./flow_calls.ts";
import type { FlowChannel } from "./channel/flow_channel.ts";
import type { FlowContext } from "./channel/flow_context.ts";
import { FlowReads, type ReadIntoOptions } from "./flow_reads.ts";
import { packetIterator, readableOf, writableOf } from "./flow_streams.ts";
import { FlowWrites } from "./flow_writes.ts";
import type { WaitOptions } from "./irmd/wait_queue.ts";

/** Makes a flow: for the client that allocated it. Applications cannot. */
export let makeFlow: (context: FlowContext) => Flow;
/** Returns who watches a flow. */
export let watcherOf: (flow: Flow) => FlowWatcher<Flow> | undefined;
/** Sets who watches a flow; nobody does when it is left out. */
export let watch: (flow: Flow, watcher?: FlowWatcher<Flow>) => void;

const SENT = Promise.resolve();

/**
 * One end of a flow. Made by `allocate`, `accept` and `join`.
 *
 * @example
 * ```ts
 * import { Ouroboros } from "./client.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
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
  /** Quality of the flow, as the one who allocated it has asked for it. (Reference: FLOWGQOSSPEC.) */
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Data of the other end that came with the allocation; may be empty. */
  readonly data: Uint8Array;
  /** How the flow is encrypted, and who is at the other end, as far as it has proved that. */
  readonly security: KnownSecurity;
  /**
   * All that is written arrives, once and in order, or the flow says that it could not: its quality has `inOrder` ≠ 0 and `loss` 0.
   * (Reference: FRCTFRTX. There as here it cannot be changed once the flow is allocated.)
   */
  readonly reliable: boolean;
  /** Milliseconds that a read waits where it does not say otherwise; undefined: for ever. (Reference: FLOWSRCVTIMEO.) */
  readTimeout: number | undefined;
  /** Milliseconds that a write waits where it does not say otherwise; undefined: for ever. (Reference: FLOWSSNDTIMEO.) */
  writeTimeout: number | undefined;
  /** Reads that would wait fail with a {@link WouldBlockError} instead. (Reference: FLOWFRNOBLOCK.) */
  nonBlockingReads = false;
  /** Writes that would wait fail with a {@link WouldBlockError} instead. (Reference: FLOWFWNOBLOCK.) */
  nonBlockingWrites = false;
  /**
   * {@link readInto} reads whole packets where it does not say otherwise: one that is larger than the buffer is an error, and lost.
   * (Reference: FLOWFRNOPART. Writes are always of whole packets: FLOWFWNOPART.)
   */
  wholeReads = false;
  /**
   * Milliseconds that {@link deallocate} waits at most, where it does not say otherwise, for a reader that does not take what was
   * written, and on a reliable flow for what was written to arrive: 120 000 on reliable flows, as in the reference, 5000 on
   * others. (Reference: FRCTFLINGER; without the flag, 0.)
   */
  linger: number;

  readonly #channel: FlowChannel;
  readonly #context: FlowContext;
  readonly #reads: FlowReads;
  readonly #writes: FlowWrites;
  readonly #whenDown = Promise.withResolvers<FlowDownError>();
  readonly #released = Promise.withResolvers<void>();
  #access: FlowAccess = "read-write";
  #closing = false;
  #deallocated: Promise<void> | undefined;
  #watcher: FlowWatcher<Flow> | undefined;
  #stream: ByteStreamPair | undefined;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;

  static {
    makeFlow = (context) => new Flow(context);
    watcherOf = (flow) => flow.#watcher;
    watch = (flow, watcher) => flow.#watcher = watcher;
  }

  private constructor(context: FlowContext) {
    ({ id: this.id, name: this.name, qos: this.qos, mpl: this.mpl, data: this.data } = context.info);
    this.security = context.info.security;
    this.fd = context.fd;
    this.reliable = context.info.ends === "two" && isReliable(this.qos);
    this.linger = lingerOf(this.reliable);
    this.#context = context;
    this.#channel = context.channel;
    this.#reads = new FlowReads(this, context.channel, context.timers);
    this.#writes = new FlowWrites(this, context.channel, context.timers);
    this.#channel.open({
      onReadable: () => this.#deliver(),
      onWritable: () => this.#writes.writeWaiting(),
      onChange: () => this.#change(),
      onDown: (error) => this.#goDown(error),
    });
  }

  /** Reads and writes that would wait fail with a {@link WouldBlockError} instead: both. (Reference: FLOWFNONBLOCK.) */
  get nonBlocking(): boolean {
    return this.nonBlockingReads && this.nonBlockingWrites;
  }

  set nonBlocking(nonBlocking: boolean) {
    this.nonBlockingReads = this.nonBlockingWrites = nonBlocking;
  }

  /**
   * What this process may do: calls that it may not make fail with a {@link PermissionError}. The other end does not know of it;
   * packets that nobody reads slow it down. (Reference: FLOWFRDONLY, FLOWFWRONLY, FLOWFRDWR.)
   */
  get access(): FlowAccess {
    return this.#access;
  }

  /** From now on; reads and writes that wait go on. @throws InvalidError when there is no such access */
  set access(access: FlowAccess) {
    if (!["read", "write", "read-write"].includes(access)) {
      throw new InvalidError(`access is read, write or read-write; it cannot be "${access}"`);
    }
    this.#access = access;
    this.#reads.allowed = access !== "write";
    this.#writes.allowed = access !== "read";
    if (this.hasPacket) this.#watcher?.changed(this);
  }

  /**
   * Reads one packet, which is **valid until the next read**: copy what must live longer (`packet.slice()`). Packets that
   * arrived before the flow went down are read first. (Reference: `flow_read`.)
   *
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, PermissionError, NotAllocatedError
   */
  read(options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    if (options === undefined) {
      const packet = this.#reads.take();
      if (packet !== undefined) return Promise.resolve(packet);
    }
    return this.#reads.read(options ?? {});
  }

  /**
   * Reads one packet, as {@link read}, and waits for it within the call: no other function of the program runs meanwhile, nor are signals
   * handled that it listens to. For programs that have nothing else to do, and whose client was connected with `syncCalls`: it is the
   * quickest way. (Reference: `flow_read`.)
   *
   * @throws FlowDownError, TimedOutError, WouldBlockError, PermissionError, NotAllocatedError, NotSupportedError
   */
  readSync(options: SyncOptions = {}): Uint8Array<ArrayBuffer> {
    return this.#reads.readSync(options);
  }

  /**
   * The next packet if one has arrived, else undefined; never waits. Valid until the next read. The quickest way to
   * read: `tryRead` until it gives nothing, then `await read()`.
   *
   * @throws FlowDownError, PermissionError, NotAllocatedError
   */
  tryRead(): Uint8Array<ArrayBuffer> | undefined {
    return this.#reads.tryTake();
  }

  /**
   * Reads one packet, or a part of it, into `buffer`; gives the number of bytes. A packet larger than the buffer is read
   * in parts; when a packet ends exactly with the buffer, the next call gives 0, and then comes the next packet.
   *
   * @throws MessageSizeError with `whole`, when the packet is larger than the buffer; it is lost
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, PermissionError, NotAllocatedError
   */
  readInto(buffer: Uint8Array, options?: ReadIntoOptions): Promise<number> {
    return this.#reads.readInto(buffer, options ?? {});
  }

  /**
   * Writes one packet. The promise is done when the packet is on its way: `await` it before you change the bytes, and to be
   * slowed down by a slow reader. Packets go out in the order of the calls. An empty packet reaches the other application only on flows
   * with order (`qos.inOrder` ≠ 0). (Reference: `flow_write`.)
   *
   * @throws MessageSizeError when the packet is larger than {@link maxPacket}
   * @throws FlowDownError, TimedOutError, CancelledError, WouldBlockError, PermissionError, NotAllocatedError
   */
  write(packet: Uint8Array, options?: WaitOptions): Promise<void> {
    try {
      if (!this.#closing && this.#writes.write(packet)) return SENT;
      return this.#writes.wait(packet, options ?? {});
    } catch (thrown) {
      this.#writes.told ||= isLoss(thrown);
      return Promise.reject(thrown);
    }
  }

  /**
   * Writes one packet, as {@link write}, and waits for room within the call, as {@link readSync}. The bytes are copied.
   *
   * @throws MessageSizeError, and what {@link readSync} throws
   */
  writeSync(packet: Uint8Array, options: SyncOptions = {}): void {
    this.#writes.writeSync(packet, options);
  }

  /**
   * Writes one packet if there is room; says whether. Never waits, and the bytes are copied.
   *
   * @throws FlowDownError, MessageSizeError, PermissionError, NotAllocatedError
   */
  tryWrite(packet: Uint8Array): boolean {
    return this.#writes.tryWrite(packet);
  }

  /**
   * Largest packet in bytes. It may change while the flow is up, as its paths do; one that was written before may be lost for its size.
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

  /**
   * Packets that have arrived and wait to be read; and packets written that the other end has not taken yet (on a reliable flow: has
   * not acknowledged). (Reference: FLOWGRXQLEN, FLOWGTXQLEN.)
   */
  get queued(): { readonly received: number; readonly sent: number } {
    return { received: this.#channel.received, sent: this.#channel.queued + this.#writes.waiting };
  }

  /** A packet can be read without waiting. */
  get hasPacket(): boolean {
    return this.#reads.allowed && (this.#channel.readable || this.#reads.pending);
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

  /** The packets that arrive, as copies; ends when the flow goes down, fails when it is lost (docs/api.md). One reader at a time. */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#readable ??= readableOf(this, this.#reads.untold);
  }

  /** Takes packets, with back-pressure. Closing it leaves the flow allocated. */
  get writable(): WritableStream<Uint8Array> {
    return this.#writable ??= writableOf(this);
  }

  /** The packets that arrive, each valid until the next; ends when the flow goes down, fails when it is lost (docs/api.md). */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array<ArrayBuffer>> {
    return packetIterator(this, this.#reads.untold);
  }

  /**
   * A reliable flow as two streams of bytes of any length, in place of packets: bytes are cut into packets of at most
   * {@link maxPacket}. Slow readers slow writers down. Closing the writable ends the stream in that direction; the flow stays.
   * Aborting it, and cancelling the readable, deallocate the flow: the other end's reader gets an error, as for any flow that goes down
   * before the end of the stream. The same pair until both directions have ended; then a new one.
   *
   * On the flow each packet is the next bytes, and an empty packet is the end of the stream.
   *
   * @example Sends a file
   * ```ts
   * import { Ouroboros } from "./client.ts";
   * import { TestingIrmd } from "../testing/irmd.ts";
   * import assert from "node:assert/strict";
   *
   * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
   * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
   * const [flow, other] = await Promise.all([ouro.allocate("files", { qos: "data" }), ouro.accept()]);
   *
   * const file = await Deno.open(new URL(import.meta.url));
   * const sending = file.readable.pipeTo(flow.stream().writable);
   * const bytes = await new Response(other.stream().readable).bytes();
   * await sending;
   * assert.deepEqual(bytes, await Deno.readFile(new URL(import.meta.url)));
   * ```
   * @throws NotSupportedError when the flow is not {@link reliable}
   */
  stream(): ByteStreamPair {
    return this.#stream ??= byteStreams(this, () => this.#stream = undefined);
  }

  /**
   * Ends the flow: sends what was written, then closes it. Reads that wait fail. A second call waits for the first. On a reliable
   * flow it is done when the other end has all that was written; the flow is handed back to the layer up to 2 s later
   * ({@link released}), until when the other end is answered if it asks again. (Reference: `flow_dealloc`.)
   *
   * @param options.linger milliseconds that this may take; left out: {@link linger}
   * @throws TimedOutError when something written could not be sent in that time, or on a reliable flow was not acknowledged
   * @throws FlowDownError, FlowPeerError on a reliable flow that has gone down, when something written was not acknowledged
   * @throws InvalidError when the limit is not valid. In all other cases the flow is closed, also after an error
   */
  deallocate(options: { readonly linger?: number } = {}): Promise<void> {
    const { linger = this.linger } = options;
    if (this.#deallocated) return this.#deallocated;
    if (!(linger >= 0)) return Promise.reject(new InvalidError(`linger is in milliseconds; it is ${linger}`));
    return this.#deallocated = this.#close(linger);
  }

  /** As {@link deallocate}, without errors that were told before: by that, or of a flow that is down by a read or a write. */
  async [Symbol.asyncDispose](): Promise<void> {
    const before = this.#deallocated;
    const told = this.#reads.told || this.#writes.told;
    try {
      await (before ?? this.deallocate());
    } catch (thrown) {
      if (before === undefined && !(told && isLoss(thrown))) throw thrown;
    }
  }

  /** Done when the flow is back with the layer; {@link fd} and {@link id} are free. Rejects with what the IRMd had against it. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  async #close(linger: number): Promise<void> {
    this.#closing = true;
    this.#reads.fail(() => notAllocated(this));
    this.#reads.discard();
    const { sent, over } = this.#writes.flush(linger);
    over.then(() => this.#channel.close()).then(() => this.#context.release()).then(
      this.#released.resolve,
      this.#released.reject,
    );
    // Without this, nobody might have looked at it; it is told below.
    this.#released.promise.catch(() => {});
    const error = await sent;
    this.#writes.fail(() => notAllocated(this));
    this.#watcher?.deallocated(this);
    if (!this.reliable) await this.#released.promise;
    else this.#released.promise.catch((thrown) => this.#context.failedLate?.(asOuroError(thrown)));
    if (error) throw error;
  }

  #deliver(): void {
    if (this.#closing) return this.#reads.discard();
    this.#reads.deliver();
    if (this.#channel.readable) this.#watcher?.changed(this);
  }

  #change(): void {
    this.#writes.writeWaiting(); // Some may have become too large.
    this.#watcher?.stateChanged(this);
  }

  #goDown(error: FlowDownError): void {
    this.#reads.fail(error);
    this.#writes.writeWaiting();
    if (this.#closing) return;
    this.#whenDown.resolve(error);
    this.#watcher?.changed(this);
  }
}
