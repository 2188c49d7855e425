/**
 * The flow allocator: makes, serves and ends flows between users of the layer.
 *
 * @module
 */
import type { Directory } from "../../../core/contract/directory.ts";
import { asOuroError, ProtocolError } from "../../../core/contract/errors.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { DONE, type Done } from "../../../core/contract/outcome.ts";
import { FLOW_ALLOCATOR_EID } from "../../../core/wire/data_transfer_header.ts";
import {
  decodeFlowAllocationMessage,
  encodeFlowAllocationMessage,
  type EndpointId,
  type FlowAllocationMessage,
  type FlowAllocationReply,
} from "../../../core/wire/flow_allocation_message.ts";
import { AllocatorParts, type FlowAllocatorParts } from "./user_flows.ts";
import { Asking } from "./requester.ts";
import { Responder } from "./responder.ts";
import type { UserFlow } from "./user_flow.ts";

export type { FlowAllocatorParts } from "./user_flows.ts";

/** Milliseconds in which nothing comes from above before a flow that is deallocated ends: its last packets may be on their way here. */
const QUIET = 5;
/** Milliseconds that this takes at most. */
const MAX_LEAVING = 1000;
/** Milliseconds after which a deallocation is told again: the first message may be lost. */
const TELL_AGAIN = 1000;

/** The flow allocator component. Its methods are those of `Ipcp`. */
export class FlowAllocator {
  readonly #parts: AllocatorParts;
  readonly #directory: Pick<Directory, "query">;
  readonly #hashLength: number;
  readonly #asking = new Map<UpperFlow, Asking>();
  readonly #responder: Responder;
  #malformed = 0;
  #unknown = 0;

  constructor(parts: FlowAllocatorParts) {
    this.#parts = new AllocatorParts(parts);
    this.#directory = parts.directory;
    this.#hashLength = parts.hashLength;
    this.#responder = new Responder(this.#parts);
    parts.dataTransfer.component(FLOW_ALLOCATOR_EID, "flow-allocator", (message) => this.#receive(message));
  }

  /** Asks for a flow on behalf of somebody above; the outcome comes with `Upper.allocated`. */
  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    const asking = new Asking(this.#parts, flow, request, done, () => {
      if (this.#asking.get(flow) === asking) this.#asking.delete(flow);
    });
    this.#asking.set(flow, asking);
    this.#directory.query(request.hash, (outcome) => {
      if (!this.#parts.over) asking.found(outcome);
    });
  }

  /** Somebody above has answered a request. */
  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    this.#responder.respond(flow, reply, done);
  }

  /** The end above is done with the flow; it is carried on for `linger` milliseconds. */
  deallocate(flow: UpperFlow, linger: number, done: Done): void {
    this.#asking.get(flow)?.cancel();
    const user = this.#parts.users.get(flow);
    if (!user) return done(DONE);
    let over = false;
    user.leave = () => {
      if (over) return;
      over = true;
      this.#end(user);
      done(DONE);
    };
    if (user.state !== "up") return user.leave();
    const { sent } = user;
    this.#parts.after(Math.max(linger, QUIET), () => this.#leave(user, sent, MAX_LEAVING));
  }

  /** The forwarding table was replaced: packets may take other paths. */
  routesChanged(): void {
    this.#parts.paths.routesChanged();
  }

  /** Every user flow with its counters, the paths that they take, and what was dropped. */
  stats(): Stats {
    return {
      flows: [...this.#parts.users.values()].map((user) => user.stats()),
      asking: this.#asking.size,
      incoming: this.#responder.stats(),
      pathSizes: this.#parts.paths.stats(),
      dropped: {
        malformed: this.#malformed,
        unknownEid: this.#unknown,
        unknownEidData: this.#parts.traffic.unknown,
      },
    };
  }

  /** Tells the other ends and disarms all timers: no call comes after this one. */
  shutdown(): void {
    const up = [...this.#parts.users.values()].filter(({ state }) => state === "up");
    // The other end may be in this very member.
    for (const user of up) user.state = "gone";
    for (const { remote, remoteEid } of up) this.#tellDeallocated(remote, remoteEid);
    this.#parts.shutdown();
  }

  /** Ends the flow once nothing comes from above any more. */
  #leave(user: UserFlow, sent: number, left: number): void {
    if (left <= 0 || (!user.held && user.sent === sent)) return user.leave?.();
    const now = user.sent;
    this.#parts.after(QUIET, () => this.#leave(user, now, left - QUIET));
  }

  #end(user: UserFlow): void {
    const { state, remote, remoteEid } = user;
    this.#responder.withdraw(user);
    this.#parts.drop(user);
    if (state !== "up") return;
    this.#tellDeallocated(remote, remoteEid);
    this.#parts.after(TELL_AGAIN, () => this.#tellDeallocated(remote, remoteEid));
  }

  #tellDeallocated(remote: UserFlow["remote"], remoteEid: EndpointId): void {
    this.#parts.send(remote, encodeFlowAllocationMessage({ kind: "deallocate", remoteEid }));
  }

  #receive(bytes: Uint8Array): void {
    let message: FlowAllocationMessage;
    try {
      message = decodeFlowAllocationMessage(bytes, this.#hashLength);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      if (this.#malformed++ === 0) {
        this.#parts.log.warning(`Dropped a message: ${asOuroError(thrown).message}.`);
      }
      return;
    }
    switch (message.kind) {
      case "request":
        return this.#responder.received(message);
      case "probe":
        return this.#parts.paths.probed(message);
      case "probe answer":
        if (!this.#parts.greetings.answered(message)) this.#parts.paths.answered(message);
        return;
    }
    const { high, low } = message.remoteEid;
    const user = this.#parts.endpoints.find(high, low);
    if (!user) this.#unknown++;
    else if (message.kind === "reply") this.#replied(user, message);
    else if (message.kind === "update") {
      user.updatesReceived++;
      user.congestion.update(message.level);
    } else this.#deallocated(user);
  }

  #replied(user: UserFlow, message: FlowAllocationReply): void {
    if (user.state === "asking") this.#asking.get(user.upper)?.replied(user, message);
    else if (user.state === "cancelled" && message.response === 0) {
      this.#tellDeallocated(user.remote, message.sourceEid);
    }
  }

  #deallocated(user: UserFlow): void {
    // While asking: the answer was overtaken. The request is sent again, and the answer then is a refusal.
    if (user.state !== "up") return;
    user.state = "lost";
    this.#parts.paths.closed(user.remote, user.upper);
    if (user.leave) return user.leave();
    this.#parts.upper.down(user.upper, "the other end has deallocated the flow");
  }
}
