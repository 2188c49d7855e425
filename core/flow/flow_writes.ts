/**
 * Writes of a flow, and those that wait for room.
 *
 * @module
 */
import { asOuroError, MessageSizeError, type OuroError } from "../contract/errors.ts";
import type { Timers } from "../contract/ports.ts";
import type { FlowChannel } from "./channel/flow_channel.ts";
import { type CalledFlow, checkAccess, isLoss, type SyncOptions, waitIn, waitWithin } from "./flow_calls.ts";
import { type WaitOptions, WaitQueue } from "./irmd/wait_queue.ts";

/** A flow as its writes see it. */
interface WrittenFlow extends CalledFlow {
  readonly writeTimeout: number | undefined;
  readonly nonBlockingWrites: boolean;
}

/** How the writes of a flow end. */
export interface Flushed {
  /** All is out (on a reliable flow: with the other end), or why some of it may not be. */
  readonly sent: Promise<OuroError | undefined>;
  /** The channel can be closed. */
  readonly over: Promise<void>;
}

/** Writes of one flow. */
export class FlowWrites {
  /** Whether the process may write. */
  allowed = true;
  /** Somebody was told by a write that the flow is down. */
  told = false;
  readonly #waiting: WaitQueue<Uint8Array, void>;
  #drained: (() => void) | undefined;

  constructor(
    private readonly flow: WrittenFlow,
    private readonly channel: FlowChannel,
    private readonly timers: Timers,
  ) {
    this.#waiting = new WaitQueue(timers, `writing to flow ${flow.fd}`);
  }

  /** Writes that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends a packet if it fits, there is room and no other one waits for it. @throws FlowDownError */
  write(packet: Uint8Array): boolean {
    return this.#waiting.size === 0 && this.allowed && this.channel.transmit(packet);
  }

  /** Writes the same way, to a flow that may be deallocated. @throws FlowDownError, MessageSizeError, PermissionError, NotAllocatedError */
  tryWrite(packet: Uint8Array): boolean {
    checkAccess(this.flow, this.allowed, "writing to");
    try {
      if (this.write(packet)) return true;
    } catch (thrown) {
      this.told ||= isLoss(thrown);
      throw thrown;
    }
    this.#checkSize(packet);
    return false;
  }

  /** Writes a packet, and waits for room within the call. @throws what a write that waits rejects with */
  writeSync(packet: Uint8Array, { timeout = this.flow.writeTimeout }: SyncOptions): void {
    if (this.tryWrite(packet)) return;
    const { fd, nonBlockingWrites: nonBlocking } = this.flow;
    waitWithin(
      this.channel,
      { timeout, nonBlocking },
      `writing to flow ${fd}`,
      () => this.tryWrite(packet),
      true,
    );
  }

  /** Waits until a packet that {@link write} refused can be sent. @throws what the call cannot wait for */
  wait(packet: Uint8Array, options: WaitOptions): Promise<void> {
    checkAccess(this.flow, this.allowed, "writing to");
    this.#checkSize(packet);
    const { writeTimeout: timeout, nonBlockingWrites: nonBlocking } = this.flow;
    return waitIn(this.#waiting, packet, options, { timeout, nonBlocking }, this.flow, "writing to");
  }

  /** Sends what waits, or fails it, when there is room or another reason to look. */
  writeWaiting(): void {
    for (let packet; (packet = this.#waiting.first) !== undefined;) {
      try {
        if (!this.channel.transmit(packet)) {
          this.#checkSize(packet);
          return;
        }
        this.#waiting.settleFirst();
      } catch (thrown) {
        this.told ||= isLoss(thrown);
        this.#waiting.failFirst(asOuroError(thrown));
      }
    }
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  /** Fails the writes that wait. */
  fail(why: () => OuroError): void {
    this.#waiting.failAll(why);
  }

  /** Sends what waits and ends the channel; each may take `linger` milliseconds. */
  flush(linger: number): Flushed {
    const sent = Promise.withResolvers<OuroError | undefined>();
    const over = Promise.withResolvers<void>();
    const finish = (limit: number) => {
      timer?.cancel();
      this.#drained = undefined;
      this.channel.finish(limit, { done: sent.resolve, over: over.resolve });
    };
    const timer = this.#waiting.size === 0 ? undefined : this.timers.after(linger, () => finish(0));
    if (timer) this.#drained = () => finish(linger);
    else finish(linger);
    return { sent: sent.promise, over: over.promise };
  }

  #checkSize({ length }: Uint8Array): void {
    const { maxPacket } = this.channel;
    if (length <= maxPacket) return;
    const { fd, name } = this.flow;
    throw new MessageSizeError(
      `a packet of ${length} bytes is too large: flow ${fd} (${name}) carries at most ${maxPacket} bytes now`,
    );
  }
}
