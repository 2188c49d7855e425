/**
 * What the two sides of flow allocation, the one that asks and the one that is asked, share.
 *
 * @module
 */
import type { IpcpContext, Upper, UpperFlow } from "../../contract/ipcp.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Log, Ports, Timer } from "../../contract/ports.ts";
import type { ShimMessage } from "./shim_message.ts";
import { DropCounters } from "./counters.ts";
import { ShimDirectory } from "./directory.ts";
import { EndpointTable } from "./endpoint_table.ts";
import { Peers } from "./peers.ts";
import { ShimFlow } from "./shim_flow.ts";
import type { ShimLink, ShimSettings } from "./shim_link.ts";
import { TimerGroup } from "./timer_group.ts";

/** An id rests for so many times the longest life of a packet. */
const REST = 2;
/** Milliseconds after which a deallocation is told again: the first message may be lost. */
const TELL_AGAIN = 1000;

/** What a type makes its shim of. */
export interface ShimOptions<Peer extends Uint8Array> {
  readonly context: IpcpContext;
  /** With the type's component name. */
  readonly log: Log;
  readonly link: ShimLink<Peer>;
  readonly settings: ShimSettings;
}

/** Shared by the sides of flow allocation. */
export class ShimParts<Peer extends Uint8Array> {
  readonly ports: Ports;
  readonly upper: Upper;
  readonly log: Log;
  readonly link: ShimLink<Peer>;
  readonly settings: ShimSettings;
  readonly registered = new Set<NameHash>();
  readonly directory: ShimDirectory<Peer>;
  readonly peers: Peers;
  readonly endpoints: EndpointTable<ShimFlow<Peer>>;
  readonly dropped = new DropCounters();
  /** The flows that somebody above has, or is offered. */
  readonly users = new Map<UpperFlow, ShimFlow<Peer>>();
  readonly #timers: TimerGroup;
  #over = false;

  constructor({ context, log, link, settings }: ShimOptions<Peer>) {
    this.ports = context;
    this.#timers = new TimerGroup(context.timers);
    this.upper = context.upper;
    this.log = log;
    this.link = link;
    this.settings = settings;
    this.directory = new ShimDirectory(context.clock);
    this.peers = new Peers(context.clock);
    const { firstId, lastId, mpl } = settings;
    this.endpoints = new EndpointTable(context, { firstId, lastId, rest: REST * mpl });
  }

  /** It was shut down: what comes late is ignored. */
  get over(): boolean {
    return this.#over;
  }

  /** Asks the network who has the hash, and remembers it. */
  resolve(hash: NameHash, done: Done<readonly Peer[]>): void {
    this.link.resolve(hash, (outcome) => {
      if (this.#over) return;
      if (outcome.ok) { for (const peer of outcome.value) this.directory.add(hash, peer); }
      done(outcome);
    });
  }

  /** Makes an end of a flow, with an id. @throws ExhaustedError when there is none */
  makeFlow(upper: UpperFlow, peer: Peer, state: "asking" | "offered"): ShimFlow<Peer> {
    const flow = new ShimFlow(upper, peer, state);
    this.endpoints.add(flow);
    return flow;
  }

  /** A flow is up. */
  open(flow: ShimFlow<Peer>): void {
    flow.state = "up";
    this.users.set(flow.upper, flow);
    this.peers.flowUp(flow.peer.toHex());
    this.link.open(flow);
  }

  /** A flow that may be up is not any more. */
  close(flow: ShimFlow<Peer>, state: "lost" | "gone"): void {
    const wasUp = flow.state === "up";
    flow.state = state;
    if (!wasUp) return;
    this.link.close(flow);
    this.peers.flowDown(flow.peer.toHex());
  }

  /** Forgets an end of a flow. */
  drop(flow: ShimFlow<Peer>): void {
    this.close(flow, "gone");
    this.endpoints.remove(flow);
    if (this.users.get(flow.upper) === flow) this.users.delete(flow.upper);
  }

  /** The other end of a flow that was up is gone: who is above is told. */
  lose(flow: ShimFlow<Peer>, reason: string): void {
    this.close(flow, "lost");
    if (flow.leave) flow.leave();
    else this.upper.down(flow.upper, reason);
  }

  /**
   * Tells the other end of a flow that it is deallocated, as far as the bytes may be sent there.
   *
   * @param again once more a little later
   */
  tellDeallocated({ id, peer, peerId, request, unconfirmed }: ShimFlow<Peer>, again: boolean): void {
    if (unconfirmed && request && !this.mayReply(request, this.link.overhead)) return;
    const message: ShimMessage = { code: "deallocate", source: id, destination: peerId };
    this.link.send(message, peer);
    if (again && !unconfirmed) this.after(TELL_AGAIN, () => this.link.send(message, peer));
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

  /** Calls `run` after `delay` milliseconds, unless it is all over by then. */
  after(delay: number, run: () => void): Timer {
    return this.#timers.after(delay, run);
  }

  /** Disarms all timers. */
  shutdown(): void {
    this.#over = true;
    this.#timers.cancelAll();
  }
}
