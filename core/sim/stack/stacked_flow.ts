/**
 * A flow of a simulated layer, as the process above has it: with a queue between the two, as a data connection has one. An IPCP of the
 * layer above uses it as {@link LowerFlow}, and so does the flow protocol of an application.
 *
 * @module
 */
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { Fd } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { joinBytes } from "../../kit/bytes.ts";
import type { ApplicationFlow } from "../experiment/application_flow.ts";
import type { Tagged } from "../experiment/traffic.ts";

/** Packets that may wait for the layer below, and for whoever takes what has come. */
const QUEUE = 1024;

/** What a flow tells those who made it. */
export interface StackedFlowEvents {
  /** A packet is sent. */
  sent(flow: StackedFlow, start: Uint8Array, length: number): void;
  /** The flow is gone at this end. */
  ended(flow: StackedFlow): void;
}

/** A flow. */
export class StackedFlow implements LowerFlow, Tagged {
  tag = 0;
  readonly #waiting: Uint8Array[] = [];
  readonly #kept: Uint8Array[] = [];
  #receive: ((packet: Uint8Array) => void) | undefined;
  #down: ((reason: string) => void) | undefined;
  #level = 0;
  #drained: (() => void) | undefined;
  #over = false;
  #dropped = 0;

  /** @param largest largest packet that the layer says it carries, in bytes */
  constructor(
    readonly fd: Fd,
    private readonly flow: ApplicationFlow,
    private readonly largest: number | undefined,
    private readonly events: StackedFlowEvents,
  ) {
    flow.onWritable = () => this.#drain();
    flow.onDown = (reason) => this.fail(reason);
    flow.onRead = (packet) => {
      if (this.#receive) this.#receive(packet);
      else if (this.#kept.length < QUEUE) this.#kept.push(packet.slice());
    };
  }

  get qos(): QosSpec {
    return this.flow.qos;
  }

  get maxPacket(): number {
    return this.flow.maxPacket ?? this.largest ?? MAX_PACKET;
  }

  get suspended(): boolean {
    return this.flow.suspended;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  /** Returns whether it is gone. */
  get over(): boolean {
    return this.#over;
  }

  /** Returns how many packets were not sent: too long, or the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    if (this.#over) return false;
    const length = packet.length + (header ? header.length : 0);
    if (length > this.maxPacket || this.#waiting.length >= QUEUE) {
      this.#dropped++;
      return false;
    }
    this.events.sent(this, header ?? packet, length);
    // The layer below may change what it is given.
    const bytes = header ? joinBytes(header, packet) : packet.slice();
    if (this.#waiting.length > 0 || !this.flow.write(bytes)) this.#waiting.push(bytes);
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    for (const packet of this.#kept.splice(0)) receive(packet);
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
  }

  onChange(changed: () => void): void {
    this.flow.onChange = () => this.#over || changed();
  }

  onDown(down: (reason: string) => void): void {
    this.#down = down;
  }

  deallocate(): void {
    if (this.#over) return;
    this.#end();
    this.flow.deallocate();
  }

  /** The flow goes down at this end. */
  fail(reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#down?.(reason);
  }

  #drain(): void {
    const before = this.#waiting.length;
    let sent = 0;
    while (sent < this.#waiting.length && this.flow.write(this.#waiting[sent])) sent++;
    this.#waiting.splice(0, sent);
    if (before > this.#level && this.#waiting.length <= this.#level) this.#drained?.();
  }

  #end(): void {
    this.#over = true;
    this.#receive = undefined;
    this.#waiting.length = 0;
    this.events.ended(this);
  }
}
