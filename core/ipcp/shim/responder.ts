/**
 * Answers requests of peers, as far as they may be answered: anybody on the network can send them, under any address.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  FlowDownError,
  NameError,
  type OuroError,
} from "../../contract/errors.ts";
import type { FlowReply, UpperFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import { NO_BYTES, sameBytes } from "../../kit/bytes.ts";
import { KnownRequests } from "../allocation/known_requests.ts";
import { refusalOf } from "../allocation/refusal.ts";
import { FlowResponder } from "../allocation/responder.ts";
import type { ShimFlow, ShimRequestState } from "./shim_flow.ts";
import type { ShimFlows } from "./shim_flows.ts";
import { copyOf } from "./shim_link.ts";
import type { ShimReply, ShimRequest } from "./shim_message.ts";

/** Bytes that one byte from somebody unknown may cause to be sent. */
const AMPLIFICATION = 1.5;

/** Answers requests. */
export class ShimResponder<Peer extends Uint8Array> extends FlowResponder<ShimFlow<Peer>, ShimFlows<Peer>> {
  readonly #known: KnownRequests<ShimRequestState<Peer>>;
  /** Flows whose peer has given its id to a newer request. */
  readonly #replaced = new Map<ShimRequestState<Peer>, ShimFlow<Peer>>();
  #silent = 0;

  constructor(flows: ShimFlows<Peer>) {
    super(flows);
    this.#known = new KnownRequests(flows.ports.clock);
  }

  /** Takes a request: passes it up, or answers it as before. @param from valid during the call only */
  received(message: ShimRequest, from: Peer): void {
    const { registered, settings, dropped, peers, link } = this.flows;
    if (!registered.has(message.hash)) return void dropped.unknownName++;
    const peerKey = from.toHex();
    const key = `${peerKey}/${message.requester}`;
    const before = this.#known.find(key);
    if (before && sameRequest(before.message, message)) return this.#again(before);
    if (!peers.request(peerKey)) return void dropped.requestLimit++;
    const { hash, qos } = message;
    const data = message.data.slice();
    const request: ShimRequestState<Peer> = {
      key,
      peer: copyOf(from),
      peerKey,
      message: { ...message, data },
      reply: undefined,
      allowance: AMPLIFICATION * (link.overhead + settings.hashLength + data.length),
      replaced: false,
    };
    if (before) this.#replace(before, request);
    this.#known.add(request);
    this.passUp(request, { hash, qos, data });
  }

  override forget({ request }: ShimFlow<Peer>): void {
    if (request) this.#remove(request);
  }

  override stats(): Stats {
    return {
      requests: this.requests,
      refused: this.refusals,
      notAnswered: this.#silent,
      repeated: this.repeated,
    };
  }

  protected override makeOffered(upper: UpperFlow, request: ShimRequestState<Peer>): ShimFlow<Peer> {
    const flow = this.flows.make(upper, request.peer, "offered");
    flow.peerId = request.message.requester;
    return flow;
  }

  protected override answer(
    flow: ShimFlow<Peer>,
    request: ShimRequestState<Peer>,
    reply: FlowReply,
  ): OuroError | undefined {
    if (reply.response === 0) return this.#accept(flow, request, reply.data);
    this.#decline(request, reply);
    return undefined;
  }

  /** Says no, but where the reference says nothing: when the name is not known. */
  protected override refuse(request: ShimRequestState<Peer>, error: OuroError): void {
    if (!(error instanceof NameError)) {
      this.refusals++;
      return this.#decline(request, refusalOf(error));
    }
    this.#silent++;
    this.#close(request);
  }

  #again(before: ShimRequestState<Peer>): void {
    const { peers, dropped, link } = this.flows;
    const { reply, peer, peerKey } = before;
    this.repeated++;
    if (!reply) return;
    const bytes = link.overhead + reply.data.length;
    const small =
      bytes <= AMPLIFICATION * (link.overhead + this.flows.settings.hashLength + before.message.data.length);
    if (peers.repeat(peerKey) && (small || peers.extra(peerKey, bytes))) link.send(reply, peer);
    else dropped.repeated++;
  }

  /** The peer asks for something else under the same id, so that it has given up what it had asked for before. */
  #replace(before: ShimRequestState<Peer>, request: ShimRequestState<Peer>): void {
    const old = this.#replaced.get(before) ?? this.#flowOf(before);
    this.#replaced.delete(before);
    before.replaced = true;
    // An impostor may have sent it: the flow ends when the peer has proved that it has the new one.
    if (old) this.#replaced.set(request, old);
  }

  #flowOf(request: ShimRequestState<Peer>): ShimFlow<Peer> | undefined {
    if (!request.reply) return undefined;
    const flow = this.flows.endpoints.find(request.reply.responder);
    return flow?.request === request && flow.state === "up" ? flow : undefined;
  }

  /** Sends the answer and opens the flow; the error if that cannot be. */
  #accept(flow: ShimFlow<Peer>, request: ShimRequestState<Peer>, data: Uint8Array): OuroError | undefined {
    if (request.replaced) return new FlowDownError("the process that asked for the flow has given up");
    if (!this.flows.mayReply(request, this.flows.link.overhead + data.length)) {
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
      if (!this.flows.link.send(reply, request.peer)) {
        return new FlowDownError("the network does not take packets at the moment");
      }
    } catch (thrown) {
      return asOuroError(thrown);
    }
    request.reply = reply;
    this.#settled(request);
    flow.unconfirmed = () => this.#confirmed(request);
    this.flows.open(flow);
    return undefined;
  }

  /** The peer has used the id that only it was told: it is the one that asked. */
  #confirmed(request: ShimRequestState<Peer>): void {
    const old = this.#replaced.get(request);
    this.#replaced.delete(request);
    if (old?.state === "up") this.flows.lose(old, "the other end has given its id to another flow");
  }

  #decline(request: ShimRequestState<Peer>, { response, data }: FlowReply): void {
    const { link } = this.flows;
    const { requester } = request.message;
    const refusal: ShimReply = { code: "reply", requester, responder: 0, response, data: data.slice() };
    if (!request.replaced) {
      const fits = this.flows.mayReply(request, link.overhead + data.length);
      try {
        link.send(fits ? refusal : { ...refusal, data: NO_BYTES }, request.peer);
      } catch (thrown) {
        this.flows.log.debug(`A refusal goes without its data: ${asOuroError(thrown).message}`);
        link.send({ ...refusal, data: NO_BYTES }, request.peer);
      }
    }
    this.#close(request);
  }

  #close(request: ShimRequestState<Peer>): void {
    this.#settled(request);
    this.#remove(request);
  }

  #remove(request: ShimRequestState<Peer>): void {
    this.#known.remove(request);
    this.#replaced.delete(request);
  }

  #settled(request: ShimRequestState<Peer>): void {
    this.flows.peers.answered(request.peerKey);
  }
}

/** Do they ask for the same, byte for byte? */
function sameRequest(a: ShimRequest, b: ShimRequest): boolean {
  const { qos } = a;
  return a.requester === b.requester && a.hash === b.hash && qos.delay === b.qos.delay &&
    qos.bandwidth === b.qos.bandwidth && qos.availability === b.qos.availability && qos.loss === b.qos.loss &&
    qos.ber === b.qos.ber && qos.inOrder === b.qos.inOrder && qos.maxGap === b.qos.maxGap &&
    qos.timeout === b.qos.timeout && sameBytes(a.data, b.data);
}
