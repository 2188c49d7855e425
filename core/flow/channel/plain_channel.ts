/**
 * A flow without protocol between its ends, but for the signs of life that tell each that the other one is there: empty packets,
 * which never reach the application.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import { FlowDownError, FlowPeerError } from "../../contract/errors.ts";
import type { Ports } from "../../contract/ports.ts";
import { DEADLINE, Deadlines } from "../../frct/deadlines.ts";
import { Liveness } from "../../frct/liveness.ts";
import { ChannelWrapper } from "./channel_wrapper.ts";
import type { ChannelEvents, FinishCalls, Transport } from "./flow_channel.ts";

/** A data connection, watched. A packet costs one boolean more than there. */
export class PlainChannel extends ChannelWrapper {
  readonly #deadlines: Deadlines;
  readonly #liveness: Liveness;
  readonly #timeout: number;
  #events: ChannelEvents | undefined;
  #dead: FlowDownError | undefined;

  /** @param timeout milliseconds of silence after which the other end is taken for gone */
  constructor(below: Transport, timeout: number, { clock, timers }: Pick<Ports, "clock" | "timers">) {
    super(below);
    this.#timeout = timeout;
    this.#deadlines = new Deadlines(clock, timers, (kind, now) => {
      if (kind === DEADLINE.liveness) this.#liveness.look(now);
    });
    const actions = {
      keepAlive: () => this.#keepAlive(),
      dead: () => this.#die(),
      waiting: () => below.readable,
    };
    this.#liveness = new Liveness(timeout, this.#deadlines, actions, clock.now());
    below.onSignOfLife(() => this.#liveness.heard = true);
  }

  override get down(): FlowDownError | undefined {
    return this.#dead ?? this.below.down;
  }

  open(events: ChannelEvents, writeBuffer?: number): void {
    this.#events = events;
    this.below.open({
      onReadable: () => events.onReadable(),
      onWritable: () => events.onWritable(),
      onConsumed: () => events.onConsumed?.(),
      onChange: () => events.onChange?.(),
      onDown: (error) => this.#end(error),
    }, writeBuffer);
  }

  take(): Uint8Array<ArrayBuffer> | undefined {
    const packet = this.below.take();
    if (packet !== undefined) this.#liveness.heard = true;
    return packet;
  }

  transmit(packet: Uint8Array, header?: Uint8Array): boolean {
    if (this.#dead !== undefined) throw this.#dead;
    this.#liveness.spoke = true;
    return this.below.transmit(packet, header);
  }

  finish(limit: number | undefined, calls: FinishCalls): void {
    this.#deadlines.stop();
    this.below.finish(limit, calls);
  }

  close(): void {
    this.#deadlines.stop();
    this.below.close();
  }

  #keepAlive(): void {
    // Where there is no room, or a flow that has just gone down, signs of life are of no use.
    if (!this.below.broken) this.below.transmit(NO_BYTES);
  }

  #die(): void {
    const cause = new FlowPeerError(`the other end was silent for ${this.#timeout / 1000} s`);
    this.below.close();
    this.#dead = new FlowDownError(cause.message, { cause });
    this.#end(this.#dead);
  }

  #end(error: FlowDownError): void {
    this.#deadlines.stop();
    this.#events?.onDown(error);
  }
}
