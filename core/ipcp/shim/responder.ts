/**
 * The side of flow allocation that is asked: passes requests up, several at once, and answers them.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  FlowDownError,
  IpcpStateError,
  NameError,
  type OuroError,
} from "../../contract/errors.ts";
import type { FlowReply, UpperFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { ShimReply, ShimRequest } from "./shim_message.ts";
import { type KnownRequest, KnownRequests, sameRequest } from "./known_requests.ts";
import { copyOf } from "./peer_address.ts";
import type { ShimFlow } from "./shim_flow.ts";
import type { ShimParts } from "./shim_flows.ts";

/** Bytes that one byte from somebody unknown may cause to be sent. */
const AMPLIFICATION = 1.5;
const NO_DATA = new Uint8Array(0);

/** Answers requests. */
export class Responder<Peer extends Uint8Array> {
  readonly #parts: ShimParts<Peer>;
  readonly #known = new KnownRequests<Peer>();
  /** Flows whose peer has given its id to a newer request. */
  readonly #replaced = new Map<KnownRequest<Peer>, ShimFlow<Peer>>();
  #requests = 0;
  #repeated = 0;
  #refused = 0;
  #silent = 0;

  constructor(parts: ShimParts<Peer>) {
    this.#parts = parts;
  }

  /** A request came. @param from valid during the call only */
  received(message: ShimRequest, from: Peer): void {
    const { registered, settings, dropped, peers, link } = this.#parts;
    if (settings.onlyRegistered && !registered.has(message.hash)) return void dropped.unknownName++;
    const peerKey = from.toHex();
    const before = this.#known.find(peerKey, message.requester);
    if (before && sameRequest(before.message, message)) return this.#again(before);
    if (!peers.request(peerKey)) return void dropped.requestLimit++;
    this.#requests++;
    const { hash, qos, data } = message;
    const allowance = AMPLIFICATION * (link.overhead + settings.hashLength + data.length);
    const request: KnownRequest<Peer> = {
      peer: copyOf(from),
      peerKey,
      message: { ...message, data: data.slice() },
      reply: undefined,
      allowance,
      replaced: false,
    };
    if (before) this.#replace(before, request);
    this.#known.add(request);
    this.#parts.upper.request({ hash, qos, data: request.message.data }, (outcome) => {
      if (this.#parts.over) return;
      if (outcome.ok) this.#offer(request, outcome.value);
      else this.#refuse(request, outcome.error);
    });
  }

  /** Somebody above has answered. */
  respond(upper: UpperFlow, reply: FlowReply, done: Done): void {
    const flow = this.#parts.users.get(upper);
    const request = flow?.request;
    if (!flow || !request || flow.state !== "offered") {
      return done(failure(new IpcpStateError(`the flow with fd ${upper.fd} does not wait for an answer`)));
    }
    if (reply.response !== 0) {
      this.#parts.drop(flow);
      this.#answer(request, { response: reply.response, data: reply.data });
      this.#refused++;
      return done(DONE);
    }
    const error = this.#accept(flow, request, reply.data);
    if (!error) {
      done(DONE);
      return;
    }
    this.#parts.drop(flow);
    this.#refuse(request, error);
    done(failure(error));
  }

  /** Somebody above is done with a flow that was offered. */
  withdraw(flow: ShimFlow<Peer>): void {
    if (flow.request && flow.state === "offered") {
      this.#refuse(flow.request, new FlowDownError("the process that was asked is gone"));
    }
  }

  /** A flow that was accepted is no more: its peer may use the id again. */
  forget({ request }: ShimFlow<Peer>): void {
    if (!request) return;
    this.#known.remove(request);
    this.#replaced.delete(request);
  }

  /** What was asked and answered. */
  stats(): Stats {
    return {
      requests: this.#requests,
      refused: this.#refused,
      notAnswered: this.#silent,
      repeated: this.#repeated,
    };
  }

  #again(before: KnownRequest<Peer>): void {
    const { peers, dropped, link } = this.#parts;
    const { reply, peer, peerKey } = before;
    this.#repeated++;
    if (!reply) return;
    const bytes = link.overhead + reply.data.length;
    const small =
      bytes <= AMPLIFICATION * (link.overhead + this.#parts.settings.hashLength + before.message.data.length);
    if (peers.repeat(peerKey) && (small || peers.extra(peerKey, bytes))) link.send(reply, peer);
    else dropped.repeated++;
  }

  /** The peer asks for something else under the same id, so that it has given up what it had asked for before. */
  #replace(before: KnownRequest<Peer>, request: KnownRequest<Peer>): void {
    const old = this.#replaced.get(before) ?? this.#flowOf(before);
    this.#replaced.delete(before);
    before.replaced = true;
    // An impostor may have sent it: the flow ends when the peer has proved that it has the new one.
    if (old) this.#replaced.set(request, old);
  }

  #flowOf(request: KnownRequest<Peer>): ShimFlow<Peer> | undefined {
    if (!request.reply) return undefined;
    const flow = this.#parts.endpoints.find(request.reply.responder);
    return flow?.request === request && flow.state === "up" ? flow : undefined;
  }

  #offer(request: KnownRequest<Peer>, upper: UpperFlow): void {
    let flow: ShimFlow<Peer>;
    try {
      flow = this.#parts.makeFlow(upper, request.peer, "offered");
    } catch (thrown) {
      const error = asOuroError(thrown);
      this.#refuse(request, error);
      return this.#parts.upper.down(upper, error.message);
    }
    flow.peerId = request.message.requester;
    flow.request = request;
    this.#parts.users.set(upper, flow);
  }

  /** Sends the answer and opens the flow; the error if that cannot be. */
  #accept(flow: ShimFlow<Peer>, request: KnownRequest<Peer>, data: Uint8Array): OuroError | undefined {
    if (request.replaced) return new FlowDownError("the process that asked for the flow has given up");
    if (!this.#parts.mayReply(request, this.#parts.link.overhead + data.length)) {
      return new ExhaustedError("too much was sent to peers that have not proved to be there");
    }
    const reply: ShimReply = {
      code: "reply",
      requester: request.message.requester,
      responder: flow.id,
      response: 0,
      data: data.slice(),
    };
    try {
      if (!this.#parts.link.send(reply, request.peer)) {
        return new FlowDownError("the network does not take packets at the moment");
      }
    } catch (thrown) {
      return asOuroError(thrown);
    }
    request.reply = reply;
    this.#settled(request);
    flow.unconfirmed = () => this.#confirmed(request);
    this.#parts.open(flow);
    this.#parts.log.info(`Flow allocation completed, fd ${flow.upper.fd}.`);
    return undefined;
  }

  /** The peer has used the id that only it was told: it is the one that asked. */
  #confirmed(request: KnownRequest<Peer>): void {
    const old = this.#replaced.get(request);
    this.#replaced.delete(request);
    if (old?.state === "up") this.#parts.lose(old, "the other end has given its id to another flow");
  }

  /** Says no, but where the reference says nothing: when the name is not known. */
  #refuse(request: KnownRequest<Peer>, error: OuroError): void {
    if (!(error instanceof NameError)) {
      this.#refused++;
      return this.#answer(request, { response: -error.errno, data: NO_DATA });
    }
    this.#silent++;
    this.#close(request);
  }

  #answer(request: KnownRequest<Peer>, { response, data }: FlowReply): void {
    const { link } = this.#parts;
    const { requester } = request.message;
    const refusal: ShimReply = { code: "reply", requester, responder: 0, response, data: data.slice() };
    if (!request.replaced) {
      const fits = this.#parts.mayReply(request, link.overhead + data.length);
      try {
        link.send(fits ? refusal : { ...refusal, data: NO_DATA }, request.peer);
      } catch (thrown) {
        this.#parts.log.debug(`A refusal goes without its data: ${asOuroError(thrown).message}`);
        link.send({ ...refusal, data: NO_DATA }, request.peer);
      }
    }
    this.#close(request);
  }

  #close(request: KnownRequest<Peer>): void {
    this.#settled(request);
    this.#known.remove(request);
    this.#replaced.delete(request);
  }

  #settled(request: KnownRequest<Peer>): void {
    this.#parts.peers.answered(request.peerKey);
  }
}
