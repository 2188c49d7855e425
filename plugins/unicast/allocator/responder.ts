/**
 * Answers requests of other members.
 *
 * @module
 */
import { asOuroError, FlowDownError, type OuroError } from "../../../core/contract/errors.ts";
import type { FlowReply, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { KnownRequests } from "../../../core/ipcp/allocation/known_requests.ts";
import { refusalOf } from "../../../core/ipcp/allocation/refusal.ts";
import { FlowResponder } from "../../../core/ipcp/allocation/responder.ts";
import {
  encodeFlowAllocationMessage,
  type EndpointId,
  type FlowAllocationRequest,
} from "../wire/flow_allocation_message.ts";
import type { MemberRequest, UserFlow } from "./user_flow.ts";
import type { UserFlows } from "./user_flows.ts";

/** Requests that may wait for their answer; more are dropped, and come again. */
const MAX_WAITING = 1024;
const NO_EID = { high: 0, low: 0 };

/** Answers requests. */
export class MemberResponder extends FlowResponder<UserFlow, UserFlows> {
  readonly #known: KnownRequests<MemberRequest>;
  #tooMany = 0;

  constructor(flows: UserFlows) {
    super(flows);
    this.#known = new KnownRequests(flows.ports.clock);
  }

  /** Takes a request: passes it up, or answers it as before. */
  received({ source, sourceEid: eid, hash, qos, data }: FlowAllocationRequest): void {
    const key = `${source}/${eid.high}/${eid.low}`;
    const before = this.#known.find(key);
    if (before) {
      this.repeated++;
      if (before.reply) this.flows.send(source, before.reply);
    } else if (this.#known.open >= MAX_WAITING) this.#tooMany++;
    else {
      const request: MemberRequest = { key, source, eid, reply: undefined };
      this.#known.add(request);
      this.passUp(request, { hash, qos, data: data.slice() });
    }
  }

  override stats(): Stats {
    return {
      requests: this.requests,
      waiting: this.#known.open,
      refused: this.refusals,
      repeated: this.repeated,
      dropped: this.#tooMany,
    };
  }

  protected override makeOffered(upper: UpperFlow, { source, eid }: MemberRequest): UserFlow {
    const user = this.flows.make(upper, source, "offered");
    user.remoteEid = eid;
    return user;
  }

  protected override answer(user: UserFlow, request: MemberRequest, reply: FlowReply): OuroError | undefined {
    let message: Uint8Array;
    try {
      message = encodeReply(request, user.eid, reply);
      this.flows.paths.check(user.peer, message);
    } catch (thrown) {
      return asOuroError(thrown);
    }
    // A requester in this very member hears, and perhaps leaves, before the call returns.
    if (reply.response === 0) user.state = "up";
    this.#send(request, message);
    if (user.state === "up") this.flows.open(user);
    return undefined;
  }

  protected override refuse(request: MemberRequest, error: OuroError): void {
    this.refusals++;
    this.#send(request, encodeReply(request, NO_EID, refusalOf(error)));
  }

  /** Whoever asks for a flow that was accepted again is told that it is no more. */
  override forget({ request, state }: UserFlow): void {
    if (!request || state === "offered") return;
    this.#known.keep(request);
    request.reply = encodeReply(request, NO_EID, refusalOf(new FlowDownError("")));
  }

  #send(request: MemberRequest, message: Uint8Array): void {
    request.reply = message;
    this.#known.keep(request);
    this.flows.send(request.source, message);
  }
}

function encodeReply(
  { eid }: MemberRequest,
  sourceEid: EndpointId,
  { response, data }: FlowReply,
): Uint8Array {
  return encodeFlowAllocationMessage({ kind: "reply", remoteEid: eid, sourceEid, response, data });
}
