/**
 * Flow allocation over a legacy network: what the IPCP types over Ethernet and UDP have in common. Its methods are those of `Ipcp`.
 *
 * @module
 */
import { asOuroError, type OuroError } from "../../contract/errors.ts";
import { type NameHash, shortHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import type { ShimDeallocate, ShimMessage, ShimReply } from "./shim_message.ts";
import { Asking } from "./requester.ts";
import type { DropCounters } from "./counters.ts";
import type { ShimDirectory } from "./directory.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import { OwnFlows } from "../allocation/own_flows.ts";
import { sameBytes } from "./peer_address.ts";
import { Responder } from "./responder.ts";
import type { ShimFlow } from "./shim_flow.ts";
import { type ShimOptions, ShimParts } from "./shim_flows.ts";

/** Milliseconds in which nothing comes from above before a flow that is deallocated ends: its last packets may be on their way here. */
const QUIET = 5;
/** Milliseconds that this takes at most. */
const MAX_LEAVING = 1000;

/** Flow allocation of one IPCP. */
export class Shim<Peer extends Uint8Array> {
  readonly #parts: ShimParts<Peer>;
  readonly #asking = new Map<UpperFlow, Asking<Peer>>();
  readonly #responder: Responder<Peer>;
  readonly #own: OwnFlows;
  #told = false;

  constructor(options: ShimOptions<Peer>) {
    this.#parts = new ShimParts(options);
    this.#responder = new Responder(this.#parts);
    this.#own = new OwnFlows(options.context.upper, options.settings.mpl);
  }

  /** The ends of flows at this IPCP, by id. */
  get flows(): EndpointTable<ShimFlow<Peer>> {
    return this.#parts.endpoints;
  }

  /** Which peers have which names. */
  get directory(): ShimDirectory<Peer> {
    return this.#parts.directory;
  }

  /** What was dropped. */
  get dropped(): DropCounters {
    return this.#parts.dropped;
  }

  /** Makes the hash reachable. */
  register(hash: NameHash): void {
    this.#parts.registered.add(hash);
    this.#parts.log.info(`Registered ${shortHash(hash)}.`);
  }

  /** Takes it back. */
  unregister(hash: NameHash): void {
    this.#parts.registered.delete(hash);
    this.#parts.log.info(`Unregistered ${shortHash(hash)}.`);
  }

  /** Is the hash reachable: registered here, known in the directory, or found in the network? */
  query(hash: NameHash, done: Done<boolean>): void {
    const { registered, directory, link } = this.#parts;
    if (registered.has(hash)) return done(success(true));
    if (link.problem) return done(failure(link.problem));
    if (directory.find(hash).length > 0) return done(success(true));
    this.#parts.resolve(hash, (outcome) => done(outcome.ok ? success(outcome.value.length > 0) : outcome));
  }

  /** A peer asks whether the hash is registered here: may, and should, it be told that it is? @param from valid during the call only */
  answers(hash: NameHash, from: Peer): boolean {
    if (!this.#parts.registered.has(hash)) return false;
    if (this.#parts.peers.answer(from.toHex())) return true;
    this.#parts.dropped.answerLimit++;
    return false;
  }

  /** Asks for a flow on behalf of somebody above; the outcome comes with `Upper.allocated`. */
  allocate(upper: UpperFlow, request: FlowRequest, done: Done): void {
    this.#parts.log.debug(`Allocating flow to ${shortHash(request.hash)} on fd ${upper.fd}.`);
    if (this.#parts.registered.has(request.hash)) return this.#own.allocate(upper, request, done);
    const asking = new Asking(this.#parts, upper, request, done, () => {
      if (this.#asking.get(upper) === asking) this.#asking.delete(upper);
    });
    this.#asking.set(upper, asking);
    asking.start();
  }

  /** Somebody above has answered a request. */
  respond(upper: UpperFlow, reply: FlowReply, done: Done): void {
    if (this.#own.has(upper)) this.#own.respond(upper, reply, done);
    else this.#responder.respond(upper, reply, done);
  }

  /** The end above is done with the flow; it is carried on for `linger` milliseconds. */
  deallocate(upper: UpperFlow, linger: number, done: Done): void {
    const answer = () => {
      this.#parts.log.info(`Flow with fd ${upper.fd} deallocated.`);
      done(DONE);
    };
    if (this.#own.has(upper)) {
      this.#own.deallocate(upper);
      return answer();
    }
    this.#asking.get(upper)?.cancel();
    const flow = this.#parts.users.get(upper);
    if (!flow) return answer();
    let over = false;
    flow.leave = () => {
      if (over) return;
      over = true;
      this.#end(flow);
      answer();
    };
    if (flow.state !== "up") return flow.leave();
    const { sent } = flow;
    this.#parts.after(Math.max(linger, QUIET), () => this.#leave(flow, sent, MAX_LEAVING));
  }

  /** A request, reply or deallocation came. @param from who sent it; valid during the call only, as is the message's data */
  received(message: ShimMessage, from: Peer): void {
    if (this.#parts.over) return;
    if (message.code === "request" && this.#parts.isPeerId(message.requester)) {
      this.#responder.received(message, from);
    } else if (message.code === "reply") this.#replied(message, from);
    else if (message.code === "deallocate") this.#deallocated(message, from);
    else this.#parts.dropped.malformed++;
  }

  /** Something came that does not parse. */
  malformed(error: OuroError): void {
    this.#parts.dropped.malformed++;
    if (this.#told) return;
    this.#told = true;
    this.#parts.log.warning(`Dropped a packet: ${error.message}.`);
  }

  /** The network is gone: all flows are lost, and what is asked for fails. */
  lost(error: OuroError): void {
    for (const asking of [...this.#asking.values()]) asking.fail(error);
    for (const flow of [...this.#parts.users.values()]) {
      if (flow.state === "up") this.#parts.lose(flow, error.message);
      else if (flow.state === "offered") {
        this.#responder.withdraw(flow);
        flow.state = "lost";
        this.#parts.upper.down(flow.upper, error.message);
      }
    }
  }

  /** Every flow with its counters, and what was dropped. */
  stats(): Stats {
    const { registered, directory, peers, dropped, users } = this.#parts;
    return {
      registered: registered.size,
      directory: directory.stats(),
      flows: [...users.values()].map((flow) => flow.stats()),
      ownFlows: this.#own.size,
      asking: this.#asking.size,
      incoming: this.#responder.stats(),
      peers: peers.stats(),
      dropped: { ...dropped },
    };
  }

  /** Tells the other ends and disarms all timers: no call comes after this one. */
  shutdown(): void {
    for (const flow of this.#parts.users.values()) {
      if (flow.state === "up") this.#tell(flow, false);
    }
    this.#own.shutdown();
    this.#asking.clear();
    this.#parts.shutdown();
  }

  /** Ends the flow once nothing comes from above any more. */
  #leave(flow: ShimFlow<Peer>, sent: number, left: number): void {
    if (left <= 0 || (!flow.held && flow.sent === sent)) return flow.leave?.();
    const now = flow.sent;
    this.#parts.after(QUIET, () => this.#leave(flow, now, left - QUIET));
  }

  #end(flow: ShimFlow<Peer>): void {
    const wasUp = flow.state === "up";
    this.#responder.withdraw(flow);
    this.#responder.forget(flow);
    this.#parts.drop(flow);
    if (wasUp) this.#tell(flow, true);
  }

  #tell(flow: ShimFlow<Peer>, again: boolean): void {
    try {
      this.#parts.tellDeallocated(flow, again);
    } catch (thrown) {
      this.#parts.log.debug(`The other end was not told: ${asOuroError(thrown).message}`);
    }
  }

  #replied(message: ShimReply, from: Peer): void {
    const flow = this.#parts.endpoints.find(message.requester);
    const accepted = message.response === 0;
    if (
      !flow || (flow.state !== "asking" && flow.state !== "cancelled") || !sameBytes(flow.peer, from) ||
      (accepted && !this.#parts.isPeerId(message.responder))
    ) return void this.#parts.dropped.strayReply++;
    if (flow.state === "asking") return this.#asking.get(flow.upper)?.replied(flow, message);
    flow.state = "gone";
    flow.peerId = message.responder;
    if (accepted) this.#tell(flow, false);
  }

  #deallocated({ source, destination }: ShimDeallocate, from: Peer): void {
    const flow = this.#parts.endpoints.find(destination);
    if (flow?.state !== "up" || flow.peerId !== source || !sameBytes(flow.peer, from)) {
      this.#parts.dropped.strayDeallocation++;
      return;
    }
    this.#responder.forget(flow);
    this.#parts.lose(flow, "the other end has deallocated the flow");
  }
}
