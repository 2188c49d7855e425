/**
 * The flows of an IPCP over a legacy network, and what both sides of flow allocation know of names and peers.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { UpperFlow } from "../../contract/ipcp.ts";
import type { IpcpContext } from "../../contract/plugin.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Log } from "../../contract/ports.ts";
import { FlowTable } from "../allocation/flow_table.ts";
import { DropCounters } from "./counters.ts";
import { ShimDirectory } from "./directory.ts";
import { EndpointTable } from "./endpoint_table.ts";
import { Peers } from "./peers.ts";
import { Presence } from "./presence.ts";
import { ShimFlow } from "./shim_flow.ts";
import type { ShimLink, ShimSettings } from "./shim_link.ts";

/** An id rests for so many times the longest life of a packet. */
const REST = 2;

/** What a type makes its shim of. */
export interface ShimContext<Peer extends Uint8Array> {
  readonly context: IpcpContext;
  /** With the type's component name. */
  readonly log: Log;
  readonly link: ShimLink<Peer>;
  readonly settings: ShimSettings;
}

/** The flows of one IPCP. */
export class ShimFlows<Peer extends Uint8Array> extends FlowTable<ShimFlow<Peer>> {
  readonly link: ShimLink<Peer>;
  readonly settings: ShimSettings;
  readonly registered = new Set<NameHash>();
  readonly directory: ShimDirectory<Peer>;
  readonly peers: Peers;
  readonly endpoints: EndpointTable<ShimFlow<Peer>>;
  readonly dropped = new DropCounters();
  readonly presence: Presence<Peer>;

  constructor({ context, log, link, settings }: ShimContext<Peer>) {
    const { firstId, lastId, mpl } = settings;
    super({ ports: context, upper: context.upper, log, mpl });
    this.link = link;
    this.settings = settings;
    this.directory = new ShimDirectory(context.clock);
    this.peers = new Peers(context.clock);
    this.endpoints = new EndpointTable(context, { firstId, lastId, rest: REST * mpl });
    this.presence = new Presence(this);
  }

  /** Asks the network who has the hash, and remembers it. */
  resolve(hash: NameHash, done: Done<readonly Peer[]>): void {
    this.link.resolve(hash, (outcome) => {
      if (this.over) return;
      if (outcome.ok) { for (const peer of outcome.value) this.directory.add(hash, peer); }
      done(outcome);
    });
  }

  override make(upper: UpperFlow, peer: Peer, state: "requested" | "offered"): ShimFlow<Peer> {
    const flow = new ShimFlow(upper, peer, state);
    this.endpoints.add(flow);
    return flow;
  }

  /** A peer that may be an impostor is told as far as it may be sent the bytes, and once. */
  override tell({ id, peer, peerId, request, unconfirmed }: ShimFlow<Peer>): boolean {
    if (unconfirmed && request && !this.mayReply(request, this.link.overhead)) return false;
    try {
      this.link.send({ code: "deallocate", source: id, destination: peerId }, peer);
    } catch (thrown) {
      this.log.debug(`The other end was not told: ${asOuroError(thrown).message}`);
    }
    return unconfirmed === undefined;
  }

  /**
   * May so many bytes be sent to a peer that may be an impostor? Half as many again as it has sent always may, more within what
   * {@link Peers} gives.
   */
  mayReply(request: { readonly peerKey: string; allowance: number }, bytes: number): boolean {
    if (bytes <= request.allowance) {
      request.allowance -= bytes;
      return true;
    }
    if (this.peers.extra(request.peerKey, bytes)) return true;
    this.dropped.replyLimit++;
    return false;
  }

  /** Is this an id that an end at a peer may have? */
  isPeerId(id: number): boolean {
    const { firstPeerId = 1, lastPeerId = 0xfffffffe } = this.settings;
    return id >= firstPeerId && id <= lastPeerId;
  }

  /** The other end of a flow that is up has another address now. @param peer the flow's own copy */
  move(flow: ShimFlow<Peer>, peer: Peer): void {
    this.closed(flow);
    flow.peer = peer;
    this.#join(flow);
  }

  protected override opened(flow: ShimFlow<Peer>): void {
    this.#join(flow);
    this.log.info(`Flow allocation completed, fd ${flow.upper.fd}.`);
  }

  protected override closed(flow: ShimFlow<Peer>): void {
    this.link.close(flow);
    this.presence.closed(flow);
    this.peers.flowDown(flow.peer.toHex());
  }

  protected override released(flow: ShimFlow<Peer>): void {
    this.endpoints.remove(flow);
  }

  #join(flow: ShimFlow<Peer>): void {
    this.peers.flowUp(flow.peer.toHex());
    this.presence.opened(flow);
    this.link.open(flow);
  }
}
