/**
 * A flow without FRCT: a packet is a PDU. A packet costs two booleans, and what encryption and checksum cost.
 *
 * @module
 */
import { NotAllocatedError } from "../contract/errors.ts";
import { BufferPool } from "./buffer_pool.ts";
import { WINDOW } from "./constants.ts";
import { FlowEnd } from "./flow_end.ts";
import type { CloseCalls, FlowProtocolParts, FlowStats } from "./flow_protocol.ts";
import { ReadyQueue } from "./receive/ready_queue.ts";

/** One end of a raw flow. */
export class RawFlow extends FlowEnd {
  readonly eager = false;
  readonly #ready = new ReadyQueue(new BufferPool());

  constructor(parts: FlowProtocolParts) {
    super(parts, 0);
  }

  get stats(): FlowStats {
    const ready = this.#ready.length;
    return { ...this.counters, unconfirmed: 0, ready, roundTrip: 0, timeout: 0, limit: Infinity };
  }

  get deliverable(): boolean {
    return this.#ready.length > 0;
  }

  receive(pdu: Uint8Array): void {
    if (this.finished) return;
    this.liveness.heard = true;
    if (pdu.length === 0) {
      this.counters.keepAlivesReceived++;
      return;
    }
    const packet = this.envelope.open(pdu);
    if (packet === undefined) return;
    if (this.#ready.length === WINDOW) {
      this.counters.dropped++;
      return;
    }
    this.#ready.borrow(packet);
    this.parts.events.onDeliverable();
    this.#ready.keep();
  }

  take(): Uint8Array | undefined {
    const packet = this.#ready.take();
    if (packet !== undefined) this.counters.delivered++;
    return packet;
  }

  close(_limit: number, calls: CloseCalls): void {
    if (this.closing !== undefined) return;
    this.closing = calls;
    this.#ready.clear();
    this.settle(new NotAllocatedError("the flow was closed"));
  }

  protected get unconfirmed(): number {
    return 0;
  }

  protected send(packet: Uint8Array): boolean {
    if (packet.length > 0) return this.envelope.send(packet);
    // The other end takes it for a sign of life.
    this.liveness.spoke = true;
    return this.parts.send(packet);
  }
}
