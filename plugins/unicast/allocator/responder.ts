/**
 * The side of the flow allocator that is asked: passes requests up, several at once, and answers them.
 *
 * @module
 */
import { asOuroError, FlowDownError, IpcpStateError, type OuroError } from "../../../core/contract/errors.ts";
import type { FlowReply, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { DONE, type Done, failure } from "../../../core/contract/outcome.ts";
import {
  encodeFlowAllocationMessage,
  type FlowAllocationRequest,
} from "../../../core/wire/flow_allocation_message.ts";
import type { AllocatorParts } from "./user_flows.ts";
import { type KnownRequest, KnownRequests } from "./known_requests.ts";
import type { UserFlow } from "./user_flow.ts";

const NO_DATA = new Uint8Array(0);
const NO_EID = { high: 0, low: 0 };

/** Answers requests. */
export class Responder {
  readonly #parts: AllocatorParts;
  readonly #known: KnownRequests;
  #requests = 0;
  #repeated = 0;
  #tooMany = 0;
  #refused = 0;

  constructor(parts: AllocatorParts) {
    this.#parts = parts;
    this.#known = new KnownRequests(parts.ports.clock);
  }

  /** A request came. */
  received({ source, sourceEid, hash, qos, data }: FlowAllocationRequest): void {
    const before = this.#known.find(source, sourceEid);
    if (before) {
      this.#repeated++;
      if (before.reply) this.#parts.send(source, before.reply);
      return;
    }
    const request = this.#known.open(source, sourceEid);
    if (!request) {
      this.#tooMany++;
      return;
    }
    this.#requests++;
    this.#parts.upper.request({ hash, qos, data: data.slice() }, (outcome) => {
      if (this.#parts.over) return;
      if (outcome.ok) this.#offer(request, outcome.value);
      else this.#refuse(request, outcome.error);
    });
  }

  /** Somebody above has answered. */
  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    const user = this.#parts.users.get(flow);
    const request = user?.request;
    if (!user || !request || user.state !== "offered") {
      return done(failure(new IpcpStateError(`the flow with fd ${flow.fd} does not wait for an answer`)));
    }
    let message: Uint8Array;
    try {
      message = encodeReply(request, user.eid, reply);
      this.#parts.paths.check(user.remote, message);
    } catch (thrown) {
      const error = asOuroError(thrown);
      this.#parts.drop(user);
      this.#refuse(request, error);
      return done(failure(error));
    }
    // A requester in this very member hears, and perhaps leaves, before the call returns.
    if (reply.response === 0) user.state = "up";
    this.#send(request, message);
    if (user.state === "up") this.#parts.open(user);
    if (reply.response !== 0) {
      this.#refused++;
      this.#parts.drop(user);
    }
    done(DONE);
  }

  /** Somebody above is done with a flow that was offered or accepted: whoever asks for it again is told so. */
  withdraw(user: UserFlow): void {
    const { request, state } = user;
    if (!request) return;
    const error = new FlowDownError("the other end has deallocated the flow");
    if (state === "offered") this.#refuse(request, error);
    else this.#known.answer(request, encodeReply(request, NO_EID, { response: -error.errno, data: NO_DATA }));
  }

  /** What was asked and answered. */
  stats(): Stats {
    return {
      requests: this.#requests,
      waiting: this.#known.waiting,
      refused: this.#refused,
      repeated: this.#repeated,
      dropped: this.#tooMany,
    };
  }

  #offer(request: KnownRequest, flow: UpperFlow): void {
    let user: UserFlow;
    try {
      user = this.#parts.makeUser(flow, request.source, "offered");
    } catch (thrown) {
      const error = asOuroError(thrown);
      this.#refuse(request, error);
      return this.#parts.upper.down(flow, error.message);
    }
    user.remoteHigh = request.eid.high;
    user.remoteLow = request.eid.low;
    user.request = request;
    this.#parts.users.set(flow, user);
  }

  #refuse(request: KnownRequest, { errno }: OuroError): void {
    this.#refused++;
    this.#send(request, encodeReply(request, NO_EID, { response: -errno, data: NO_DATA }));
  }

  #send(request: KnownRequest, message: Uint8Array): void {
    this.#known.answer(request, message);
    this.#parts.send(request.source, message);
  }
}

function encodeReply(
  { eid }: KnownRequest,
  sourceEid: { high: number; low: number },
  { response, data }: FlowReply,
): Uint8Array {
  return encodeFlowAllocationMessage({ kind: "reply", remoteEid: eid, sourceEid, response, data });
}
