/**
 * A layer over a legacy network: what the IPCP types over Ethernet and UDP have in common.
 *
 * @module
 */
import { FlowDownError, type OuroError } from "../../contract/errors.ts";
import { type NameHash, shortHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, Layer, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import type { Stats } from "../../contract/stats.ts";
import { sameBytes } from "../../kit/bytes.ts";
import { FlowAllocation } from "../allocation/flow_allocation.ts";
import { OwnFlows } from "../allocation/own_flows.ts";
import type { DropCounters } from "./counters.ts";
import type { ShimDirectory } from "./directory.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import { ShimRequester } from "./requester.ts";
import { ShimResponder } from "./responder.ts";
import type { ShimFlow } from "./shim_flow.ts";
import { type ShimContext, ShimFlows } from "./shim_flows.ts";
import type { ShimDeallocate, ShimMessage, ShimMove, ShimReply } from "./shim_message.ts";

/** Why a flow ends whose other end was asked for. */
const GONE =
  "the other end does not know the flow any more: it was restarted, or sees this host under another address";

/** Milliseconds after which others are told of the former place. */
const ANNOUNCED = [0, 200, 2000];

/** A layer over a legacy network. */
export class Shim<Peer extends Uint8Array>
  extends FlowAllocation<ShimFlow<Peer>, ShimFlows<Peer>, ShimRequester<Peer>, ShimResponder<Peer>>
  implements Layer {
  readonly name: string;
  readonly hash: string;
  readonly mpl: number;
  /** The ends of flows at this IPCP, by id. */
  readonly endpoints: EndpointTable<ShimFlow<Peer>>;
  /** Which peers have which names. */
  readonly directory: ShimDirectory<Peer>;
  /** What was dropped. */
  readonly dropped: DropCounters;
  readonly #own: OwnFlows;
  #told = false;

  constructor(context: ShimContext<Peer>) {
    const flows = new ShimFlows(context);
    super(flows, new ShimResponder(flows));
    const { name, hash, mpl } = context.settings;
    this.name = name;
    this.hash = hash;
    this.mpl = mpl;
    this.endpoints = flows.endpoints;
    this.directory = flows.directory;
    this.dropped = flows.dropped;
    this.#own = new OwnFlows(flows.upper, flows.mpl);
  }

  get place(): string {
    return this.flows.link.place;
  }

  get maxPacket(): number {
    return this.flows.link.maxPacket;
  }

  register(hash: NameHash, done: Done): void {
    this.flows.registered.add(hash);
    this.flows.log.info(`Registered ${shortHash(hash)}.`);
    done(DONE);
  }

  unregister(hash: NameHash, done: Done): void {
    this.flows.registered.delete(hash);
    this.flows.log.info(`Unregistered ${shortHash(hash)}.`);
    done(DONE);
  }

  /** Is the hash reachable: registered here, known in the directory, or found in the network? */
  query(hash: NameHash, done: Done<boolean>): void {
    const { registered, directory, link } = this.flows;
    if (registered.has(hash)) return done(success(true));
    if (link.problem) return done(failure(link.problem));
    if (directory.find(hash).length > 0) return done(success(true));
    this.flows.resolve(hash, (outcome) => done(outcome.ok ? success(outcome.value.length > 0) : outcome));
  }

  /** A peer asks whether the hash is registered here: may, and should, it be told that it is? @param from valid during the call only */
  answers(hash: NameHash, from: Peer): boolean {
    return this.flows.registered.has(hash) && this.mayAnswer(from);
  }

  /** The same: may, and should, it be told that it is not? @param from valid during the call only */
  denies(hash: NameHash, from: Peer): boolean {
    return !this.flows.registered.has(hash) && this.mayAnswer(from);
  }

  /** May a question of a peer be answered? @param from valid during the call only */
  mayAnswer(from: Peer): boolean {
    if (this.flows.peers.answer(from.toHex())) return true;
    this.flows.dropped.answerLimit++;
    return false;
  }

  allocate(upper: UpperFlow, request: FlowRequest, done: Done): void {
    this.flows.log.debug(`Allocating flow to ${shortHash(request.hash)} on fd ${upper.fd}.`);
    if (this.flows.registered.has(request.hash)) return this.#own.allocate(upper, request, done);
    this.addRequester(upper, (ended) => new ShimRequester(this.flows, upper, request, { done, ended }))
      .start();
  }

  override respond(upper: UpperFlow, reply: FlowReply, done: Done): void {
    if (this.#own.has(upper)) this.#own.respond(upper, reply, done);
    else super.respond(upper, reply, done);
  }

  override deallocate(upper: UpperFlow, linger: number, done: Done): void {
    if (this.#own.has(upper)) this.#own.deallocate(upper);
    super.deallocate(upper, linger, (outcome) => {
      this.flows.log.info(`Flow with fd ${upper.fd} deallocated.`);
      done(outcome);
    });
  }

  /** A message about flows came. @param from who sent it; valid during the call only, as is the message's data */
  received(message: ShimMessage, from: Peer): void {
    if (this.flows.over) return;
    if (message.code === "request" && this.flows.isPeerId(message.requester)) {
      this.responder.received(message, from);
    } else if (message.code === "reply") this.#replied(message, from);
    else if (message.code === "deallocate") this.#deallocated(message, from);
    else if (message.code === "absent") this.flows.presence.noticed(message.destination, from);
    else if (message.code === "check") this.flows.presence.asked(message, from);
    else if (message.code === "present") this.flows.presence.answered(message, from);
    else this.flows.dropped.malformed++;
  }

  /**
   * A packet came that no flow takes: its sender is told.
   *
   * @param flow the one with this id, if there is one
   * @param from who sent it; valid during the call only
   */
  misdirected(flow: ShimFlow<Peer> | undefined, id: number, from: Peer): void {
    if (flow?.hears) this.dropped.wrongPeer++;
    else this.dropped.unknownId++;
    if (!this.flows.over) this.flows.presence.notice(id, from);
  }

  /** Something came that does not parse. */
  malformed(error: OuroError): void {
    this.flows.dropped.malformed++;
    if (this.#told) return;
    this.#told = true;
    this.flows.log.warning(`Dropped a packet: ${error.message}.`);
  }

  /** The network carries nothing for now, or does again: whoever has a flow hears it. */
  suspend(suspended: boolean): void {
    for (const flow of this.shown()) flow.upper.suspend(suspended);
    if (!suspended) this.flows.presence.resumed();
  }

  /** Flows that somebody above has. */
  *shown(): Iterable<ShimFlow<Peer>> {
    for (const flow of this.endpoints) if (flow.state !== "cancelled" && flow.state !== "gone") yield flow;
  }

  /**
   * The own address is another one now: the other ends of flows are told, and flows end where nobody answers to that. What waits
   * for an answer fails, since that goes to the old address.
   *
   * @param tell tells the other end of a flow
   */
  moved(reason: string, tell: (flow: ShimFlow<Peer>) => void): void {
    for (const requester of [...this.requesters.values()]) {
      requester.fail(new FlowDownError(`${reason}: ask again`));
    }
    for (const flow of [...this.flows.users.values()]) {
      if (flow.state === "offered") tell(flow);
      if (flow.state !== "up") continue;
      this.flows.link.open(flow);
      this.flows.presence.ask(flow, `${reason}, and the other end does not answer since`, () => tell(flow));
    }
  }

  /**
   * A peer has another address. What is known of its names is forgotten. It is believed what it says of a flow when it knows both
   * ends and sends from the address that it had, as it would be when it deallocates the flow.
   *
   * @param to the new address; a copy
   */
  peerMoved({ source, destination }: ShimMove, from: Peer, to: Peer): void {
    const { over, directory, endpoints, dropped, link, presence } = this.flows;
    if (over) return;
    directory.forget(from);
    if (destination === 0) return;
    const flow = endpoints.find(destination);
    if (flow?.state === "requested" && sameBytes(flow.peer, from)) {
      flow.peer = to;
    } else if (flow?.state === "up" && flow.peerId === source) {
      if (sameBytes(flow.peer, from)) this.flows.move(flow, to);
      // It may have been said before.
      if (sameBytes(flow.peer, to)) {
        link.send({ code: "present", source: destination, destination: source }, to);
        presence.heardFrom(to);
      } else dropped.strayNotice++;
    } else dropped.strayNotice++;
  }

  /** Tells others, some times as messages get lost, that this IPCP has left its former place: they do not know what has become of it. */
  announce(tell: () => void): void {
    for (const at of ANNOUNCED) this.flows.after(at, tell);
  }

  /**
   * Somebody says that it had another address before, which a peer had. What is known of the names there is forgotten, and the peer is
   * asked whether it is there.
   *
   * @param by who, for people
   */
  peerReplaced(former: Peer, by: string): void {
    const { over, directory, presence } = this.flows;
    if (over) return;
    directory.forget(former);
    presence.replaced(former, by);
  }

  /** The network is gone: all flows are lost, and what is asked for fails. */
  lost(error: OuroError): void {
    for (const requester of [...this.requesters.values()]) requester.fail(error);
    for (const flow of [...this.flows.users.values()]) {
      if (flow.state === "up") this.flows.lose(flow, error.message);
      else if (flow.state === "offered") {
        this.responder.withdraw(flow);
        flow.state = "lost";
        this.flows.upper.down(flow.upper, error.message);
      }
    }
  }

  /** Returns the network's counters, every flow with its own, and what was dropped. */
  stats(): Stats {
    const { registered, directory, peers, dropped, users, link } = this.flows;
    return {
      ...link.stats(),
      registered: registered.size,
      directory: directory.stats(),
      flows: [...users.values()].map((flow) => flow.stats()),
      ownFlows: this.#own.size,
      asking: this.requesters.size,
      incoming: this.responder.stats(),
      peers: peers.stats(),
      dropped: { ...dropped },
    };
  }

  override shutdown(): void {
    this.#own.shutdown();
    super.shutdown();
    this.flows.link.shutdown();
  }

  #replied(message: ShimReply, from: Peer): void {
    const { requester, responder, response } = message;
    const flow = this.flows.endpoints.find(requester);
    const { dropped } = this.flows;
    if (!flow || (flow.state !== "requested" && flow.state !== "cancelled") || !sameBytes(flow.peer, from)) {
      return void dropped.strayReply++;
    }
    if (response === 0 && !this.flows.isPeerId(responder)) return void dropped.strayReply++;
    flow.peerId = responder;
    this.replied(flow, message);
    // It is told once that nobody wants the flow.
    if (flow.state === "cancelled") flow.state = "gone";
  }

  #deallocated({ source, destination }: ShimDeallocate, from: Peer): void {
    const flow = this.flows.endpoints.find(destination);
    if (flow?.state !== "up" || flow.peerId !== source || !sameBytes(flow.peer, from)) {
      this.flows.dropped.strayDeallocation++;
      return;
    }
    this.flows.presence.heardFrom(from);
    const reason = this.flows.presence.doubts(flow) ? GONE : "the other end has deallocated the flow";
    this.responder.forget(flow);
    this.flows.lose(flow, reason);
  }
}
