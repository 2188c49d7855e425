/**
 * Makes the end of a flow that its quality asks for.
 *
 * @module
 */
import type { FlowProtocol, FlowProtocolParts } from "./flow_protocol.ts";
import { FrctFlow } from "./frct_flow.ts";
import { RawFlow } from "./raw_flow.ts";

/**
 * One end of a flow.
 *
 * @example
 * ```ts
 * import { QOS } from "../contract/qos.ts";
 * import { SeededRandom } from "../kit/seeded_random.ts";
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import type { FlowProtocol } from "./flow_protocol.ts";
 * import { makeFlow } from "./make_flow.ts";
 * import assert from "node:assert/strict";
 *
 * const time = new VirtualTime();
 * const ports = { clock: time, timers: time, random: new SeededRandom(1) };
 * const events = { onDeliverable() {}, onWritable() {}, onFailed() {} };
 * const join = (header: Uint8Array, pdu: Uint8Array) => Uint8Array.of(...header, ...pdu);
 * // Two ends on a wire that takes a millisecond.
 * const make = (other: () => FlowProtocol) =>
 *   makeFlow({
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
export function makeFlow(parts: FlowProtocolParts): FlowProtocol {
  return parts.qos.inOrder === 0 ? new RawFlow(parts) : new FrctFlow(parts);
}
