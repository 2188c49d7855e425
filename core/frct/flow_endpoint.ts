/**
 * The part that all ends of flows share, with or without FRCT: sizes, states, signs of life, deadlines.
 *
 * @module
 */
import { NO_BYTES } from "../kit/bytes.ts";
import {
  errorFromErrno,
  FlowPeerError,
  MessageSizeError,
  NotAllocatedError,
  type OuroError,
} from "../contract/errors.ts";
import { DONE, failure } from "../contract/outcome.ts";
import { FlowCounters } from "./counters.ts";
import { DEADLINE, type Deadline, Deadlines } from "./deadlines.ts";
import { Envelope } from "./envelope.ts";
import type { CloseCalls, FlowProtocol, FlowProtocolContext, FlowStats } from "./flow_protocol.ts";
import { Liveness } from "./liveness.ts";

/** The common part of {@link FlowProtocol}. */
export abstract class FlowEndpoint implements FlowProtocol {
  abstract readonly eager: boolean;
  abstract readonly stats: FlowStats;
  abstract readonly deliverable: boolean;
  protected readonly context: FlowProtocolContext;
  protected readonly counters = new FlowCounters();
  protected readonly deadlines: Deadlines;
  protected readonly liveness: Liveness;
  protected readonly envelope: Envelope;
  /** Why nothing can be written. */
  protected broken: OuroError | undefined;
  protected closing: CloseCalls | undefined;
  /** Nothing more happens. */
  protected finished = false;
  /** {@link write} has given false. */
  protected blocked = false;
  #maxPacket = 0;
  #told = false;

  /** @param header bytes in front of each packet */
  constructor(context: FlowProtocolContext, private readonly header: number) {
    const { qos, cipher, send, ports: { clock, timers } } = context;
    this.context = context;
    this.deadlines = new Deadlines(clock, timers, (kind, now) => this.due(kind, now));
    this.liveness = new Liveness(qos.timeout, this.deadlines, {
      keepAlive: () => this.keepAlive(),
      dead: () => this.fail(new FlowPeerError(`the other end was silent for ${qos.timeout / 1000} s`)),
      waiting: () => context.waiting?.() ?? false,
    }, clock.now());
    this.envelope = new Envelope({
      send,
      cipher,
      liveness: this.liveness,
      counters: this.counters,
      checked: qos.ber === 0,
      numbered: header > 0,
    });
    this.limit(context.maxPdu);
  }

  get maxPacket(): number {
    return this.#maxPacket;
  }

  limit(maxPdu: number): void {
    this.#maxPacket = Math.max(0, maxPdu - this.header - this.envelope.overhead);
  }

  write(packet: Uint8Array): boolean {
    if (this.closing !== undefined) throw new NotAllocatedError("the flow was closed");
    if (this.broken !== undefined) throw this.broken;
    if (packet.length > this.#maxPacket) {
      throw new MessageSizeError(
        `a packet of ${packet.length} bytes is too large; the flow carries ${this.#maxPacket}`,
      );
    }
    if (this.send(packet)) {
      this.counters.sent++;
      return true;
    }
    this.blocked = true;
    return false;
  }

  resume(): void {
    if (!this.blocked || this.finished || this.closing !== undefined) return;
    this.blocked = false;
    this.context.events.onWritable();
  }

  down(error: OuroError): void {
    if (this.finished) return;
    this.finished = true;
    this.deadlines.stop();
    this.ended();
    this.broken ??= error;
    if (this.closing !== undefined) this.settle(error);
  }

  /** Without retransmission there is nothing to do. */
  recover(): void {}

  abstract receive(pdu: Uint8Array, now?: number): void;
  abstract take(): Uint8Array | undefined;
  abstract close(limit: number, calls: CloseCalls): void;
  /** Packets written that may not have arrived. */
  protected abstract get unconfirmed(): number;
  /** Sends a packet that may be sent. False: it has to wait. */
  protected abstract send(packet: Uint8Array): boolean;

  /** Nothing is sent or received any more. */
  protected ended(): void {}

  /** Does what a deadline that has come asks for. */
  protected due(kind: Deadline, now: number): void {
    if (kind === DEADLINE.liveness) this.liveness.look(now);
  }

  /** Sends an empty PDU. */
  protected keepAlive(): void {
    this.liveness.spoke = true;
    this.counters.keepAlivesSent++;
    this.context.send(NO_BYTES);
  }

  /** Ends a flow that has failed. */
  protected fail(error: OuroError): void {
    if (this.broken !== undefined) return;
    this.down(error);
    if (this.closing === undefined) this.context.events.onFailed(error);
  }

  /** Tells the caller of close what became of the packets, once; `error` says why some may not have arrived. */
  protected tell(error: OuroError): void {
    if (this.#told) return;
    this.#told = true;
    this.closing?.done(this.unconfirmed > 0 ? failure(this.#undelivered(error)) : DONE);
  }

  /** Makes the error of a flow whose last packets the other end has not acknowledged, of the same class as the reason. */
  #undelivered({ errno, message }: OuroError): OuroError {
    const count = this.unconfirmed;
    const what = count === 1 ? "the last packet written" : `the last ${count} packets written`;
    return errorFromErrno(errno, `${what} may not have arrived: ${message}`);
  }

  /** Ends the closed flow. */
  protected settle(error: OuroError): void {
    this.finished = true;
    this.deadlines.stop();
    this.ended();
    this.broken ??= error;
    this.tell(error);
    this.closing?.over();
  }
}
