/**
 * Finds flows whose other end is gone without a word: a member that was started again keeps its address, but not its flows, and packets
 * do not say where they come from, so that it cannot tell their senders. Only members of our kind are asked.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Clock, Timer } from "../../../core/contract/ports.ts";
import { UnansweredFlows } from "../../../core/ipcp/allocation/unanswered.ts";
import { TokenBucket } from "../../../core/kit/token_bucket.ts";
import { encodeFlowAllocationMessage, type FlowAllocationCheck } from "../wire/flow_allocation_message.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import type { UserFlow } from "./user_flow.ts";

/** Checks that are answered: a second, and at once. */
const ANSWERS = { rate: 1000, burst: 1000 };

/** What the checks work with. */
export interface FlowChecksContext {
  readonly clock: Clock;
  /** Address of this member. */
  readonly own: Address;
  readonly endpoints: EndpointTable<UserFlow>;
  /** Is the member of our kind? */
  knows(peer: Address): boolean;
  /** Sends a message to another flow allocator. */
  send(to: Address, message: Uint8Array): void;
  after(delay: number, run: () => void): Timer;
}

/** The checks of a member's flows. */
export class FlowChecks {
  /** The flows that are up. */
  readonly flows: UnansweredFlows<UserFlow>;
  readonly #answers = new TokenBucket(ANSWERS);

  constructor(private readonly context: FlowChecksContext) {
    this.flows = new UnansweredFlows(context.after, (user) => this.#ask(user));
  }

  /** There is a way to the other end again: who was out of reach may have been started again meanwhile. */
  reachable(user: UserFlow): void {
    this.flows.asked(user);
    this.#ask(user);
  }

  /** Answers a check, unless the end that it asks for is there, or has asked for the flow and not got the reply yet. */
  received({ source, sourceEid, remoteEid }: FlowAllocationCheck): void {
    const user = this.context.endpoints.find(remoteEid.high, remoteEid.low);
    const fits = user?.state === "requested" ||
      (user?.remoteHigh === sourceEid.high && user.remoteLow === sourceEid.low);
    const there = fits && user.state !== "lost" && user.peer === source;
    if (there || !this.#answers.take(this.context.clock.now())) return;
    this.context.send(source, encodeFlowAllocationMessage({ kind: "deallocate", remoteEid: sourceEid }));
  }

  /** Asks whether the other end of a flow is there: if it is not, a deallocation comes back. */
  #ask({ peer, remoteEid, eid }: UserFlow): void {
    const { own, knows, send } = this.context;
    if (!knows(peer)) return;
    send(peer, encodeFlowAllocationMessage({ kind: "check", source: own, sourceEid: eid, remoteEid }));
  }
}
