/**
 * Flow allocation of one IPCP, as far as it is the same in all layers: who waits for an answer, and how flows end. A flow that is
 * deallocated goes on until what the process above has written is sent; then the other end is told, twice.
 *
 * @module
 */
import type { FlowReply, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done } from "../../contract/outcome.ts";
import type { AnyFlowRecord } from "./flow_record.ts";
import type { FlowTable } from "./flow_table.ts";
import type { FlowRequester } from "./requester.ts";
import type { FlowResponder } from "./responder.ts";

/** Milliseconds in which nothing comes from above before a flow that is deallocated ends: its last packets may be on their way here. */
const QUIET = 5;
/** Milliseconds that this takes at most. */
const MAX_LEAVING = 1000;
/** Milliseconds after which a deallocation is told again: the first message may be lost. */
const TELL_AGAIN = 1000;

/** Flow allocation of one IPCP. Its methods are those of `Ipcp`. */
export abstract class FlowAllocation<
  Flow extends AnyFlowRecord,
  Flows extends FlowTable<Flow>,
  Requester extends FlowRequester<Flow, Flows>,
  Responder extends FlowResponder<Flow, Flows>,
> {
  protected readonly requesters = new Map<UpperFlow, Requester>();

  constructor(protected readonly flows: Flows, protected readonly responder: Responder) {}

  /** Answers a request as somebody above has decided. */
  respond(upper: UpperFlow, reply: FlowReply, done: Done): void {
    this.responder.respond(upper, reply, done);
  }

  /** Ends a flow, since the process above is done with it; it is carried on for `linger` milliseconds. */
  deallocate(upper: UpperFlow, linger: number, done: Done): void {
    this.requesters.get(upper)?.cancel();
    const flow = this.flows.users.get(upper);
    if (!flow) return done(DONE);
    let over = false;
    flow.leave = () => {
      if (over) return;
      over = true;
      this.#end(flow);
      done(DONE);
    };
    if (flow.state !== "up") return flow.leave();
    const { sent } = flow;
    this.flows.after(Math.max(linger, QUIET), () => this.#leave(flow, sent, MAX_LEAVING));
  }

  /** Tells the other ends and disarms all timers: no call comes after this one. */
  shutdown(): void {
    this.requesters.clear();
    this.flows.shutdown();
  }

  /** Makes a requester, which is known until it has `ended`. */
  protected addRequester(upper: UpperFlow, make: (ended: () => void) => Requester): Requester {
    const requester = make(() => {
      if (this.requesters.get(upper) === requester) this.requesters.delete(upper);
    });
    this.requesters.set(upper, requester);
    return requester;
  }

  /** Takes the answer to a request. The id of the other end was noted in the record. */
  protected replied(flow: Flow, reply: FlowReply): void {
    if (flow.state === "requested") this.requesters.get(flow.upper)?.replied(flow, reply);
    else if (flow.state === "cancelled" && reply.response === 0) this.flows.tell(flow);
  }

  /** Ends the flow once nothing comes from above any more. */
  #leave(flow: Flow, sent: number, left: number): void {
    if (left <= 0 || (!flow.held && flow.sent === sent)) return flow.leave?.();
    const now = flow.sent;
    this.flows.after(QUIET, () => this.#leave(flow, now, left - QUIET));
  }

  #end(flow: Flow): void {
    const wasUp = flow.state === "up";
    this.responder.withdraw(flow);
    this.flows.drop(flow);
    if (wasUp && this.flows.tell(flow)) this.flows.after(TELL_AGAIN, () => this.flows.tell(flow));
  }
}
