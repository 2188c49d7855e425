/**
 * Makes the end of a flow that its quality asks for.
 *
 * @module
 */
import { NotAllocatedError } from "../contract/errors.ts";
import { BufferPool } from "./buffer_pool.ts";
import { WINDOW } from "./constants.ts";
import { FlowEndpoint } from "./flow_endpoint.ts";
import type { CloseCalls, FlowProtocol, FlowProtocolContext, FlowStats } from "./flow_protocol.ts";
import { FrctFlow } from "./frct_flow.ts";
import { ReadyQueue } from "./receive/ready_queue.ts";

/**
 * One end of a flow.
 *
 * @example
 * ```ts
 * import { QOS } from "../contract/qos.ts";
 * import { SeededRandom } from "../kit/seeded_random.ts";
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import type { FlowProtocol } from "./flow_protocol.ts";
 * import { makeEndpoint } from "./make_endpoint.ts";
 * import assert from "node:assert/strict";
 *
 * const time = new VirtualTime();
 * const ports = { clock: time, timers: time, random: new SeededRandom(1) };
 * const events = { onDeliverable() {}, onWritable() {}, onFailed() {} };
 * const join = (header: Uint8Array, pdu: Uint8Array) => Uint8Array.of(...header, ...pdu);
 * // Two ends on a wire that takes a millisecond.
 * const make = (other: () => FlowProtocol) =>
 *   makeEndpoint({
 *     qos: QOS.data,
 *     mpl: 100,
 *     maxPdu: 1400,
 *     ports,
 *     events,
 *     send(pdu, header = new Uint8Array(0)) {
 *       const bytes = join(header, pdu);
 *       time.after(1, () => other().receive(bytes));
 *       return true;
 *     },
 *   });
 * const a: FlowProtocol = make(() => b);
 * const b: FlowProtocol = make(() => a);
 *
 * a.write(new TextEncoder().encode("hello"));
 * time.advance(100);
 * assert.equal(new TextDecoder().decode(b.take()), "hello");
 * assert.equal(a.stats.unconfirmed, 0);
 * ```
 */
export function makeEndpoint(context: FlowProtocolContext): FlowProtocol {
  return context.qos.inOrder === 0 ? new RawFlow(context) : new FrctFlow(context);
}

/** One end of a flow without FRCT: a packet is a PDU. A packet costs two booleans, and what encryption and checksum cost. */
class RawFlow extends FlowEndpoint {
  readonly eager = false;
  readonly #ready = new ReadyQueue(new BufferPool());

  constructor(context: FlowProtocolContext) {
    super(context, 0);
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
    this.context.events.onDeliverable();
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
    return this.context.send(packet);
  }
}
