/**
 * What the two sides of the flow allocator, the one that asks and the one that is asked, share.
 *
 * @module
 */
import type { Congestion } from "../../../core/contract/congestion.ts";
import type { Directory } from "../../../core/contract/directory.ts";
import type { Address } from "../../../core/contract/ids.ts";
import type { Upper, UpperFlow } from "../../../core/contract/ipcp.ts";
import type { Scheduling } from "../../../core/contract/policies.ts";
import type { Log, Ports, Timer } from "../../../core/contract/ports.ts";
import { FLOW_ALLOCATOR_EID } from "../../../core/wire/data_transfer_header.ts";
import { encodeFlowAllocationMessage } from "../../../core/wire/flow_allocation_message.ts";
import type { DataTransfer } from "../transfer/data_transfer.ts";
import { EndpointTable } from "./endpoint_table.ts";
import { Greetings } from "./peer_probe.ts";
import { PathSizes } from "../path_mtu/path_mtus.ts";
import { StandingQueue } from "../transfer/standing_queue.ts";
import { UserFlow } from "./user_flow.ts";
import { UserTraffic } from "./user_traffic.ts";

/** Longest life of a packet in the layer, in milliseconds (release 0.23.0). */
export const MPL = 100;
const NANOSECONDS = 1e6;

/** What the flow allocator works with. It registers itself with data transfer: as component 0, and for user flows. */
export interface FlowAllocatorParts extends Ports {
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

/** Shared by the sides of the flow allocator. */
export class AllocatorParts {
  readonly ports: Ports;
  readonly own: Address;
  readonly upper: Upper;
  readonly log: Log;
  readonly traffic: UserTraffic;
  readonly endpoints: EndpointTable<UserFlow>;
  /** Largest packets to other members. */
  readonly paths: PathSizes;
  /** Who takes requests that come again. */
  readonly greetings: Greetings;
  /** The flows that somebody above has, or is offered. */
  readonly users = new Map<UpperFlow, UserFlow>();
  readonly #timers = new Set<Timer>();
  readonly #dataTransfer: DataTransfer;
  readonly #congestion: Congestion;
  #over = false;

  constructor(parts: FlowAllocatorParts) {
    this.ports = parts;
    this.own = parts.own;
    this.upper = parts.upper;
    this.log = parts.log.component("flow-allocator");
    this.#dataTransfer = parts.dataTransfer;
    this.#congestion = parts.congestion;
    this.endpoints = new EndpointTable(parts.random);
    this.paths = new PathSizes({
      ports: parts,
      own: parts.own,
      send: (to, message) => this.send(to, message),
      after: (delay, run) => this.after(delay, run),
    });
    this.greetings = new Greetings({
      random: parts.random,
      own: parts.own,
      send: (to, message) => this.send(to, message),
    });
    parts.dataTransfer.watchPayload((bytes) => {
      if (!this.#over) this.paths.limit(bytes);
    });
    this.traffic = new UserTraffic({
      ports: parts,
      dataTransfer: parts.dataTransfer,
      congestion: parts.congestion,
      scheduling: parts.scheduling,
      endpoints: this.endpoints,
      update: ({ remote, remoteEid }, level) =>
        this.send(remote, encodeFlowAllocationMessage({ kind: "update", remoteEid, level })),
    });
  }

  /** It was shut down: what comes late is ignored. */
  get over(): boolean {
    return this.#over;
  }

  /** Sends a message to another flow allocator. False: there is no way to it. */
  send(to: Address, message: Uint8Array): boolean {
    return this.#dataTransfer.send(to, 0, FLOW_ALLOCATOR_EID, 0, message);
  }

  /** Makes an end of a flow, with an EID. @throws ExhaustedError when there are too many */
  makeUser(upper: UpperFlow, remote: Address, state: "asking" | "offered"): UserFlow {
    const congestion = this.#congestion.flow(this.ports.clock.now() * NANOSECONDS);
    const user = new UserFlow(upper, remote, congestion, new StandingQueue(upper, this.ports), state);
    this.endpoints.add(user);
    this.paths.met(remote);
    return user;
  }

  /** The flow is up: packets from above are taken from now on. */
  open(user: UserFlow): void {
    this.traffic.open(user);
    this.paths.opened(user.remote, user.upper);
  }

  /** Forgets an end of a flow. */
  drop(user: UserFlow): void {
    if (user.state === "gone") return;
    this.paths.closed(user.remote, user.upper);
    this.paths.left(user.remote);
    user.state = "gone";
    user.queue.stop();
    this.endpoints.remove(user);
    if (this.users.get(user.upper) === user) this.users.delete(user.upper);
  }

  /** Calls `run` after `delay` milliseconds, unless it is all over by then. */
  after(delay: number, run: () => void): Timer {
    const timer = this.ports.timers.after(delay, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  /** Disarms all timers. */
  shutdown(): void {
    this.#over = true;
    this.traffic.shutdown();
    for (const user of this.users.values()) user.queue.stop();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
