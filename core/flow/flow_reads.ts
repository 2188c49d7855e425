/**
 * Reads of a flow: of whole packets and of parts of them, and those that wait.
 *
 * @module
 */
import { MessageSizeError, type OuroError, WouldBlockError } from "../contract/errors.ts";
import type { Timers } from "../contract/ports.ts";
import type { FlowChannel } from "./channel/flow_channel.ts";
import { type CalledFlow, checkAccess, type SyncOptions, waitIn, waitWithin } from "./flow_calls.ts";
import { type WaitOptions, WaitQueue } from "./irmd/wait_queue.ts";

type Packet = Uint8Array<ArrayBuffer>;

/** Allocating a buffer costs more than filling it: up to this size one is used again for reads that wait. */
const LARGEST_KEPT = 128 * 1024;

/** Options of {@link Flow.readInto}. */
export interface ReadIntoOptions extends WaitOptions {
  /**
   * A packet that is larger than the buffer is an error, and lost; there are no parts and no end markers. Left out:
   * {@link Flow.wholeReads}.
   */
  readonly whole?: boolean;
}

/** A flow as its reads see it. */
interface ReadFlow extends CalledFlow {
  readonly readTimeout: number | undefined;
  readonly nonBlockingReads: boolean;
  readonly wholeReads: boolean;
}

/** Reads of one flow. */
export class FlowReads {
  /** Whether the process may read. */
  allowed = true;
  /** Somebody was told by a read that the flow is down. */
  told = false;
  readonly #waiting: WaitQueue<undefined, Packet>;
  readonly #partial = new PartialRead();
  #kept: Packet = new Uint8Array(0);

  constructor(private readonly flow: ReadFlow, private readonly channel: FlowChannel, timers: Timers) {
    this.#waiting = new WaitQueue(timers, `reading from flow ${flow.fd}`);
  }

  /** Some of a packet is left to be read. */
  get pending(): boolean {
    return this.#partial.pending;
  }

  /** Takes the next packet, or the rest of one; undefined when there is none, or others wait for it. */
  take(): Packet | undefined {
    if (this.#waiting.size > 0 || !this.allowed) return undefined;
    return this.#partial.pending ? this.#takeNext() : this.channel.take();
  }

  /** Takes the same as {@link take}. @throws FlowDownError, NotAllocatedError when none will come */
  tryTake(): Packet | undefined {
    const packet = this.take();
    if (packet === undefined && this.#waiting.size === 0) this.#check();
    return packet;
  }

  /** Reads the next packet, waited for if that is necessary; rejects, and never throws. */
  read(options: WaitOptions): Promise<Packet> {
    if (!options.signal?.aborted) {
      const packet = this.take();
      if (packet !== undefined) return Promise.resolve(packet);
    }
    try {
      this.#check();
      const { readTimeout: timeout, nonBlockingReads: nonBlocking } = this.flow;
      const patience = { timeout, nonBlocking };
      return waitIn(this.#waiting, undefined, options, patience, this.flow, "reading from");
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  /** Reads a packet, or a part of one, into a buffer; gives the number of bytes. */
  async readInto(buffer: Uint8Array, options: ReadIntoOptions): Promise<number> {
    const { whole = this.flow.wholeReads } = options;
    if (this.#partial.pending && !whole && this.allowed) return this.#partial.continue(buffer);
    const packet = await this.read(options);
    return whole ? PartialRead.whole(packet, buffer) : this.#partial.start(packet, buffer);
  }

  /** Reads the next packet, waited for within the call. @throws what {@link read} rejects with */
  readSync({ timeout = this.flow.readTimeout }: SyncOptions): Packet {
    if (this.#waiting.size > 0) {
      throw new WouldBlockError("reads that wait for packets of the flow come first");
    }
    let packet = this.tryTake();
    if (packet !== undefined) return packet;
    const { fd, nonBlockingReads: nonBlocking } = this.flow;
    waitWithin(this.channel, { timeout, nonBlocking }, `reading from flow ${fd}`, () => {
      packet = this.tryTake();
      return packet !== undefined;
    });
    // The wait ends with a packet, or by throwing.
    return packet ?? new Uint8Array(0);
  }

  /** Gives packets that have arrived to reads that wait. */
  deliver(): void {
    while (this.#waiting.size > 0) {
      const packet = this.channel.take();
      if (packet === undefined) return;
      // Taking the next packet, for another call or by the channel itself, must not spoil this one.
      if (this.#waiting.size > 1) this.#waiting.settleFirst(packet.slice());
      else this.#waiting.settleFirst(this.channel.fleeting ? this.#keep(packet) : packet);
    }
  }

  /** Reads on without use: two ends that close at the same time must not wait for each other. */
  discard(): void {
    this.#partial.takeRest();
    while (this.channel.take() !== undefined);
  }

  /** Who has only seen packets come to an end was not told why. */
  readonly untold = (): void => {
    this.told = false;
  };

  /** Fails the reads that wait. */
  fail(why: OuroError | (() => OuroError)): void {
    if (this.#waiting.size > 0) this.told = true;
    this.#waiting.failAll(why);
  }

  /** Copies a packet to where it stays until the next one is read. */
  #keep(packet: Packet): Packet {
    if (packet.length > LARGEST_KEPT) return packet.slice();
    if (this.#kept.length < packet.length) {
      this.#kept = new Uint8Array(Math.min(2 * packet.length, LARGEST_KEPT));
    }
    this.#kept.set(packet);
    return this.#kept.subarray(0, packet.length);
  }

  #takeNext(): Packet | undefined {
    return this.#partial.takeRest() ?? this.channel.take();
  }

  #check(): void {
    checkAccess(this.flow, this.allowed, "reading from");
    if (this.channel.down === undefined) return;
    this.told = true;
    throw this.channel.down;
  }
}

/**
 * Reads into a buffer of the caller, by the rules of the reference's `flow_read` as intended: a packet larger than the
 * buffer is read in parts; one that ends exactly with the buffer is followed by a read of 0 bytes, which marks its end.
 */
class PartialRead {
  #rest: Uint8Array<ArrayBuffer> | undefined;

  /** A part, or an end marker, is to be read before the next packet. */
  get pending(): boolean {
    return this.#rest !== undefined;
  }

  /** Takes the rest out; undefined when there is none or it is only the end marker. */
  takeRest(): Uint8Array<ArrayBuffer> | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest?.length === 0 ? undefined : rest;
  }

  /** Reads the rest into `buffer`. */
  continue(buffer: Uint8Array): number {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest === undefined || rest.length === 0 ? 0 : this.start(rest, buffer);
  }

  /** Reads `packet`, which stays valid until the next one is taken, into `buffer`. */
  start(packet: Uint8Array<ArrayBuffer>, buffer: Uint8Array): number {
    if (packet.length < buffer.length) {
      buffer.set(packet);
      return packet.length;
    }
    buffer.set(packet.subarray(0, buffer.length));
    // An empty packet in an empty buffer is its own end marker.
    if (packet.length > 0) this.#rest = packet.subarray(buffer.length);
    return buffer.length;
  }

  /** Reads `packet` whole. @throws MessageSizeError when the buffer is too small; the packet is discarded */
  static whole(packet: Uint8Array, buffer: Uint8Array): number {
    if (packet.length > buffer.length) {
      throw new MessageSizeError(
        `a packet of ${packet.length} bytes does not fit the buffer of ${buffer.length} bytes; it was discarded`,
      );
    }
    buffer.set(packet);
    return packet.length;
  }
}
