/**
 * The processes above an IPCP, simulated: what the IRMd and applications do with its N+1 flows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Fd, type FlowId, flowId, shortHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, Upper, UpperFlow } from "../../contract/ipcp.ts";
import type { Done } from "../../contract/outcome.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { FdTable } from "../../kit/number_pool.ts";

/** An N+1 flow with the process above it. */
export class SimulatedFlow implements UpperFlow {
  /** Packets that have come to the process above. */
  readonly received: Uint8Array[] = [];
  /** What was said of an allocation that the process above asked for. */
  reply: FlowReply | undefined;
  /** Why the layer has lost it. */
  lost: string | undefined;
  /** The flow at the other end, when the two were joined without the IPCP. */
  spliced: SimulatedFlow | undefined;
  gone = false;
  /** What the layer has said of the flow since it was allocated. */
  maxPacket: number | undefined;
  suspended = false;
  readonly queued = 0;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #paused = false;
  readonly #written: Uint8Array[] = [];

  constructor(readonly id: FlowId, readonly fd: Fd, readonly qos: QosSpec) {}

  send(packet: Uint8Array): boolean {
    assert(!this.gone, `a packet was sent on fd ${this.fd}, which is gone`);
    assert(!this.spliced, `a packet was sent on fd ${this.fd}, which was spliced`);
    this.received.push(packet.slice());
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
  }

  limit(maxPacket: number): void {
    assert(!this.gone, `fd ${this.fd} was limited, which is gone`);
    assert(Number.isInteger(maxPacket) && maxPacket >= 0, `the largest packet is ${maxPacket} bytes`);
    this.maxPacket = maxPacket;
  }

  suspend(suspended: boolean): void {
    assert(!this.gone, `fd ${this.fd} was suspended, which is gone`);
    this.suspended = suspended;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && this.#receive) {
      const packet = this.#written.shift();
      if (!packet) return;
      this.#receive(packet);
    }
  }

  /** The process above writes a packet. */
  write(packet: Uint8Array): void {
    if (this.spliced) this.spliced.received.push(packet.slice());
    else if (this.#paused) this.#written.push(packet.slice());
    else this.#receive?.(packet);
  }
}

/** {@link Upper} for one IPCP. */
export class SimulatedUpper implements Upper {
  /** What the processes above do with a request. */
  onRequest: (request: FlowRequest, done: Done<UpperFlow>) => void = () =>
    assert.fail("a request came that nothing asked for");
  /** The IPCP was shut down: it must say nothing any more. */
  over = false;
  readonly #fds = new FdTable();
  readonly #flows = new Map<UpperFlow, SimulatedFlow>();
  #nextId = 0;

  /** Flows that are not gone. */
  get open(): number {
    return this.#flows.size;
  }

  /** Makes a flow; numbers are used again as on a real host. */
  flow(qos: QosSpec): SimulatedFlow {
    const flow = new SimulatedFlow(flowId(this.#nextId++), this.#fds.take(), qos);
    this.#flows.set(flow, flow);
    return flow;
  }

  /** The flow is gone for the IPCP. */
  free(flow: SimulatedFlow): void {
    if (flow.gone) return;
    flow.gone = true;
    this.#flows.delete(flow);
    this.#fds.release(flow.fd);
  }

  request(request: FlowRequest, done: Done<UpperFlow>): void {
    assert(!this.over, `a request for ${shortHash(request.hash)} came after shutdown`);
    this.onRequest(request, done);
  }

  allocated(flow: UpperFlow, reply: FlowReply, mpl: number): void {
    const known = this.#known(flow, "allocated");
    assert.equal(known.reply, undefined, `fd ${flow.fd} was allocated twice`);
    assert(Number.isInteger(reply.response) && reply.response <= 0, `the response is ${reply.response}`);
    assert(Number.isInteger(mpl) && mpl >= 0, `the mpl is ${mpl}`);
    known.reply = { response: reply.response, data: reply.data.slice() };
    if (reply.response !== 0) this.free(known);
  }

  splice(requester: UpperFlow, responder: UpperFlow): void {
    const [one, other] = [this.#known(requester, "splice"), this.#known(responder, "splice")];
    assert.equal(one.reply, undefined, "splice comes before allocated");
    one.spliced = other;
    other.spliced = one;
  }

  down(flow: UpperFlow, reason: string): void {
    this.#known(flow, "down").lost = reason;
  }

  #known(flow: UpperFlow, what: string): SimulatedFlow {
    assert(!this.over, `${what} came after shutdown`);
    const known = this.#flows.get(flow);
    assert(known, `${what} was told of fd ${flow.fd}, which is gone`);
    return known;
  }
}
