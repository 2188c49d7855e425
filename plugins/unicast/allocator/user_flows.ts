/**
 * The user flows of a member, and what both sides of flow allocation need of the layer: the paths to other members, and a way to
 * their flow allocators.
 *
 * @module
 */
import type { Congestion } from "../../../core/contract/policies/congestion.ts";
import type { Directory } from "../../../core/contract/policies/directory.ts";
import type { Address } from "../../../core/contract/ids.ts";
import type { Upper, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Scheduling } from "../../../core/contract/policies/small_policies.ts";
import type { Ports } from "../../../core/contract/ports.ts";
import type { QosCube } from "../../../core/contract/qos.ts";
import { FlowTable } from "../../../core/ipcp/allocation/flow_table.ts";
import { FLOW_ALLOCATOR_EID } from "../wire/data_transfer_header.ts";
import { encodeFlowAllocationMessage } from "../wire/flow_allocation_message.ts";
import { PathMtus } from "../path_mtu/path_mtus.ts";
import type { DataTransfer } from "../transfer/data_transfer.ts";
import { StandingQueue } from "../transfer/standing_queue.ts";
import { EndpointTable } from "./endpoint_table.ts";
import { FlowChecks } from "./flow_checks.ts";
import { Parts } from "./parts.ts";
import { PeerProbe } from "./peer_probe.ts";
import { UserFlow } from "./user_flow.ts";
import { UserTraffic } from "./user_traffic.ts";

/** Longest life of a packet in the layer, in milliseconds (release 0.23.0). */
export const MPL = 100;
const NANOSECONDS = 1e6;

/** What the flow allocator works with. It registers itself with data transfer: as component 0, and for user flows. */
export interface FlowAllocatorContext extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Length of a hash in the layer, in bytes. */
  readonly hashLength: number;
  readonly dataTransfer: DataTransfer;
  readonly directory: Pick<Directory, "query">;
  readonly congestion: Congestion;
  /** Order in which flows that waited go on. */
  readonly scheduling: Scheduling;
  readonly upper: Upper;
}

/** The user flows of a member. */
export class UserFlows extends FlowTable<UserFlow> {
  /** Address of this member. */
  readonly own: Address;
  readonly endpoints: EndpointTable<UserFlow>;
  readonly traffic: UserTraffic;
  /** Largest packets to other members. */
  readonly paths: PathMtus;
  /** Packets that are larger than their path. */
  readonly parts: Parts;
  /** Whether the other ends are there. */
  readonly checks: FlowChecks;
  /** Who takes requests that come again. */
  readonly probe: PeerProbe;
  readonly #dataTransfer: DataTransfer;
  readonly #congestion: Congestion;

  constructor(context: FlowAllocatorContext) {
    const { own, dataTransfer, congestion, scheduling, random, upper, log } = context;
    super({ ports: context, upper, log: log.component("flow-allocator"), mpl: MPL });
    this.own = own;
    this.#dataTransfer = dataTransfer;
    this.#congestion = congestion;
    this.endpoints = new EndpointTable(random);
    const send = (to: Address, message: Uint8Array) => this.send(to, message);
    this.paths = new PathMtus({ ports: context, own, send, after: (delay, run) => this.after(delay, run) });
    this.probe = new PeerProbe({ random, own, send });
    this.checks = new FlowChecks({
      ...{ clock: context.clock, own, send, endpoints: this.endpoints },
      knows: (peer) => this.paths.knows(peer),
      after: (delay, run) => this.after(delay, run),
    });
    dataTransfer.watchPayload((bytes) => {
      if (!this.over) this.paths.limit(bytes);
    });
    this.traffic = new UserTraffic({
      ports: context,
      dataTransfer,
      congestion,
      scheduling,
      endpoints: this.endpoints,
      inParts: (user, packet) => this.paths.knows(user.peer) && this.parts.send(user, packet, user.largest),
      // It passes the queues of those that it is to slow down.
      update: ({ peer, remoteEid }, level) =>
        this.send(peer, encodeFlowAllocationMessage({ kind: "update", remoteEid, level }), 2),
    });
    this.parts = new Parts({
      own,
      endpoints: this.endpoints,
      send: (to, message) => this.send(to, message),
      deliver: (high, low, packet) => this.traffic.deliver(high, low, packet),
    });
  }

  /** Returns whether there is a way to a member at the moment. */
  leads(to: Address): boolean {
    return this.#dataTransfer.leads(to);
  }

  /** Sends a message to another flow allocator. False: there is no way to it. */
  send(to: Address, message: Uint8Array, cube: QosCube = 0): boolean {
    return this.#dataTransfer.send(to, 0, FLOW_ALLOCATOR_EID, cube, message);
  }

  /** The forwarding table was replaced: packets may take other paths, or find none. */
  routesChanged(): void {
    this.paths.routesChanged();
    for (const user of this.users.values()) if (user.state === "up") this.#checkWay(user);
  }

  override make(upper: UpperFlow, peer: Address, state: "requested" | "offered"): UserFlow {
    const congestion = this.#congestion.flow(this.ports.clock.now() * NANOSECONDS);
    const queue = new StandingQueue(upper, this.ports);
    const user = new UserFlow(upper, peer, state, congestion, queue, this.ports.clock.wall());
    this.endpoints.add(user);
    this.paths.met(peer);
    return user;
  }

  override tell({ peer, remoteEid }: UserFlow): boolean {
    this.send(peer, encodeFlowAllocationMessage({ kind: "deallocate", remoteEid }));
    return true;
  }

  override shutdown(): void {
    super.shutdown();
    this.traffic.shutdown();
    for (const user of this.users.values()) user.queue.stop();
  }

  protected override opened(user: UserFlow): void {
    this.traffic.open(user);
    this.paths.opened(user.peer, user);
    this.checks.flows.opened(user);
    this.#checkWay(user);
  }

  #checkWay(user: UserFlow): void {
    const suspended = !this.leads(user.peer);
    if (suspended === user.suspended) return;
    user.suspended = suspended;
    user.upper.suspend(suspended);
    if (!suspended) this.checks.reachable(user);
  }

  protected override closed(user: UserFlow): void {
    this.paths.closed(user.peer, user);
    this.checks.flows.closed(user);
  }

  protected override released(user: UserFlow): void {
    user.queue.stop();
    if (this.endpoints.remove(user)) this.paths.left(user.peer);
  }
}
