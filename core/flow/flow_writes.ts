/**
 * Writes of a flow, and those that wait for room.
 *
 * @module
 */
import { asOuroError, MessageSizeError, type OuroError } from "../contract/errors.ts";
import type { Timers } from "../contract/ports.ts";
import type { FlowChannel } from "./flow_channel.ts";
import { type CalledFlow, checkAllocated, waitIn } from "./flow_calls.ts";
import { type WaitOptions, WaitQueue } from "./wait_queue.ts";

/** Writes of one flow. */
export class FlowWrites {
  readonly #flow: CalledFlow & { readonly writeTimeout: number | undefined };
  readonly #channel: FlowChannel;
  readonly #timers: Timers;
  readonly #waiting: WaitQueue<Uint8Array, void>;
  #drained: (() => void) | undefined;

  constructor(
    flow: CalledFlow & { readonly writeTimeout: number | undefined },
    channel: FlowChannel,
    timers: Timers,
  ) {
    this.#flow = flow;
    this.#channel = channel;
    this.#timers = timers;
    this.#waiting = new WaitQueue(timers, `writing to flow ${flow.fd}`);
  }

  /** Writes that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends a packet if it fits, there is room and no other one waits for it. @throws FlowDownError */
  send(packet: Uint8Array): boolean {
    return this.#waiting.size === 0 && this.#channel.send(packet);
  }

  /** The same, of a flow that may be deallocated. @throws FlowDownError, MessageSizeError, NotAllocatedError */
  trySend(packet: Uint8Array): boolean {
    checkAllocated(this.#flow);
    if (this.send(packet)) return true;
    this.#checkSize(packet);
    return false;
  }

  /** Waits until a packet that {@link send} refused can be sent. @throws what the call cannot wait for */
  wait(packet: Uint8Array, options: WaitOptions): Promise<void> {
    checkAllocated(this.#flow);
    this.#checkSize(packet);
    return waitIn(this.#waiting, packet, options, this.#flow.writeTimeout, this.#flow, "writing to");
  }

  /** There is room, or another reason to look: what waits is sent, or fails. */
  sendWaiting(): void {
    for (let packet; (packet = this.#waiting.first) !== undefined;) {
      try {
        if (!this.#channel.send(packet)) {
          this.#checkSize(packet);
          return;
        }
        this.#waiting.settleFirst();
      } catch (thrown) {
        this.#waiting.failFirst(asOuroError(thrown));
      }
    }
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  /** Writes that wait fail. */
  fail(error: OuroError): void {
    this.#waiting.failAll(error);
  }

  /** Done when all is out, or cannot be; says why some of it may not have got out in `linger` milliseconds. */
  flush(linger: number): Promise<OuroError | undefined> {
    return new Promise((done) => {
      const finish = (limit: number) => this.#channel.finish(limit, done);
      if (this.#waiting.size === 0) return finish(linger);
      const timer = this.#timers.after(linger, () => finish(0));
      this.#drained = () => {
        timer.cancel();
        finish(linger);
      };
    });
  }

  #checkSize({ length }: Uint8Array): void {
    const { maxPacket } = this.#channel;
    if (length <= maxPacket) return;
    const { fd, name } = this.#flow;
    throw new MessageSizeError(
      `a packet of ${length} bytes is too large: flow ${fd} (${name}) carries at most ${maxPacket} bytes now`,
    );
  }
}
