/**
 * The flow allocator: makes, serves and ends flows between users of the layer.
 *
 * @module
 */
import type { Directory } from "../../../core/contract/policies/directory.ts";
import { ProtocolError } from "../../../core/contract/errors.ts";
import type { Address } from "../../../core/contract/ids.ts";
import type { FlowRequest, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Done } from "../../../core/contract/outcome.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { FlowAllocation } from "../../../core/ipcp/allocation/flow_allocation.ts";
import { FLOW_ALLOCATOR_EID } from "../wire/data_transfer_header.ts";
import { decodeFlowAllocationMessage, type FlowAllocationMessage } from "../wire/flow_allocation_message.ts";
import { MemberRequester } from "./requester.ts";
import { MemberResponder } from "./responder.ts";
import type { UserFlow } from "./user_flow.ts";
import { type FlowAllocatorContext, UserFlows } from "./user_flows.ts";

/** The flow allocator component. Its methods are those of `Ipcp`. */
export class FlowAllocator extends FlowAllocation<UserFlow, UserFlows, MemberRequester, MemberResponder> {
  readonly #directory: Pick<Directory, "query">;
  readonly #hashLength: number;
  #malformed = 0;
  #unknown = 0;

  constructor(context: FlowAllocatorContext) {
    const flows = new UserFlows(context);
    super(flows, new MemberResponder(flows));
    this.#directory = context.directory;
    this.#hashLength = context.hashLength;
    context.dataTransfer.component(FLOW_ALLOCATOR_EID, "flow-allocator", (message) => this.#receive(message));
  }

  /** Asks for a flow on behalf of somebody above; the outcome comes with `Upper.allocated`. */
  allocate(upper: UpperFlow, request: FlowRequest, done: Done): void {
    const lookUp = (found: Done<readonly Address[]>) =>
      this.#directory.query(request.hash, (outcome) => {
        if (!this.flows.over) found(outcome);
      });
    const requester = this.addRequester(
      upper,
      (ended) => new MemberRequester(this.flows, upper, request, { done, ended }, lookUp),
    );
    lookUp((outcome) => requester.lookedUp(outcome));
  }

  /** The forwarding table was replaced: packets may take other paths. */
  routesChanged(): void {
    for (const requester of [...this.requesters.values()]) requester.routesChanged();
    this.flows.routesChanged();
  }

  /** Returns every user flow with its counters, the paths that they take, and what was dropped. */
  stats(): Stats {
    const { users, paths, traffic } = this.flows;
    return {
      flows: [...users.values()].map((user) => user.stats()),
      asking: this.requesters.size,
      incoming: this.responder.stats(),
      pathSizes: paths.stats(),
      inParts: this.flows.parts.stats(),
      dropped: { malformed: this.#malformed, unknownEid: this.#unknown, unknownEidData: traffic.unknown },
    };
  }

  #receive(bytes: Uint8Array): void {
    let message: FlowAllocationMessage;
    try {
      message = decodeFlowAllocationMessage(bytes, this.#hashLength);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      if (this.#malformed++ === 0) this.flows.log.warning(`Dropped a message: ${thrown.message}.`);
      return;
    }
    const { paths, probe, endpoints } = this.flows;
    switch (message.kind) {
      case "request":
        return this.responder.received(message);
      case "probe":
        return paths.probed(message);
      case "part":
        return this.flows.parts.received(message);
      case "check":
        return this.flows.checks.received(message);
      case "probe answer":
        if (!probe.answered(message)) paths.answered(message);
        return;
    }
    const { high, low } = message.remoteEid;
    const user = endpoints.find(high, low);
    if (!user) this.#unknown++;
    else if (message.kind === "reply") {
      if (user.state === "requested" || user.state === "cancelled") user.remoteEid = message.sourceEid;
      this.replied(user, message);
    } else if (message.kind === "update") {
      user.updatesReceived++;
      user.congestion.update(message.level);
      // While requested: the answer was overtaken. The request is sent again, and the answer then is a refusal.
    } else if (user.state === "up") this.flows.lose(user, "the other end has deallocated the flow");
  }
}
