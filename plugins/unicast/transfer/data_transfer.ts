/**
 * Data transfer: puts the layer's header in front of packets, finds their next hop, forwards those of others, and hands
 * those for this IPCP to its components and users.
 *
 * A packet of a process on this host goes down:
 *
 * 1. `core/flow/channel/packet_port.ts` reads it from the socket of the process, for `core/ipcp/host/upper_flow.ts`.
 * 2. `../allocator/user_traffic.ts` takes it at the pace of the congestion policy, and knows the address and EID of its other end.
 * 3. {@link DataTransfer.transmit} asks the forwarding policy (`plugins/forwarding/`) for the N-1 flow to the next hop, and writes
 *    the header (`../wire/data_transfer_header.ts`).
 * 4. The N-1 flow takes it (`core/ipcp/instruments/tapped_flow.ts`, `core/ipcp/process/lower_flow.ts`): a flow like that of an
 *    application. If it has enough already, the packet waits until it is the turn of its QoS cube and of its flow (`outbound.ts`); if
 *    the queue is long, the answer says so, and the user waits, too (`transfer_flow.ts`). When the packet goes, the congestion policy
 *    marks it by the part of the queue that stands (`standing_queue.ts`).
 *
 * A packet of an N-1 flow is forwarded, or goes up:
 *
 * 5. `#receive` reads the header. A packet for another member loses a hop and goes to the next N-1 flow as in 3 and 4;
 *    not back to the neighbour that it came from, which would send it here again.
 * 6. `#deliver` hands what is for this member to a component by its EID (flow allocator, directory), or to the user flows.
 * 7. `../allocator/user_traffic.ts` finds the user flow by its EID, tells its congestion control the mark, and hands the packet to
 *    `core/ipcp/host/upper_flow.ts`, which writes it to the socket of the process.
 *
 * @module
 */
import type { Congestion } from "../../../core/contract/policies/congestion.ts";
import { ExistsError } from "../../../core/contract/errors.ts";
import { type Address, address, addressText, type Fd } from "../../../core/contract/ids.ts";
import type { LowerFlow } from "../../../core/contract/ipcp.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import type { Scheduling } from "../../../core/contract/policies/small_policies.ts";
import type { Log, Ports } from "../../../core/contract/ports.ts";
import type { QosCube } from "../../../core/contract/qos.ts";
import type { Forwarding, ForwardingTable } from "../../../core/contract/policies/routing.ts";
import * as pci from "../wire/data_transfer_header.ts";
import { PayloadLimit } from "./payload_limit.ts";
import * as count from "./transfer_counters.ts";
import { TransferFlow, type Waiter } from "./transfer_flow.ts";

/** Milliseconds between two lines about packets that have no way. */
const LOG_INTERVAL = 1000;
/** Milliseconds after a change of routes in which packets may go around in a circle of members that know of it and others. */
const TURMOIL = 5000;

/** What data transfer works with. */
export interface DataTransferContext extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Hops that a packet may take. */
  readonly maxTtl: number;
  readonly forwarding: Forwarding;
  readonly congestion: Congestion;
  /** Order in which packets go, and in which flows that waited for room go on. */
  readonly scheduling: Scheduling;
}

/** Takes a packet of a user flow: the two halves of its EID, its congestion level, and what it carries (valid during the call). */
export type UserReceiver = (high: number, low: number, ecn: number, payload: Uint8Array) => void;

/**
 * What became of a packet, added up: there is no way to its destination (0); there is one ({@link HAS_WAY}), but no room, or
 * the N-1 flow does not carry so large a packet; it was {@link SENT}. Either way it may have met a long queue ({@link QUEUE_STANDS}).
 */
export type Transmitted = number;
/** There is a way to the destination. */
export const HAS_WAY = 1;
/** The packet was sent. */
export const SENT = 2;
/** The queue is long: the sender should wait until it is told to go on. */
export const QUEUE_STANDS = 4;

interface Component {
  readonly name: string;
  readonly counters: count.TransferCounters;
  receive(payload: Uint8Array): void;
}

/** The data transfer component. */
export class DataTransfer {
  readonly #own: Address;
  readonly #forwarding: Forwarding;
  readonly #log: Log;
  /** Milliseconds since 1970. */
  readonly #established: number;
  /** By fd. */
  readonly #flows: (TransferFlow | undefined)[] = [];
  /** By EID. */
  readonly #components: (Component | undefined)[] = [];
  readonly #payload = new PayloadLimit();
  #users: UserReceiver | undefined;
  readonly #header = new Uint8Array(pci.DATA_TRANSFER_HEADER_BYTES);
  /** Members that there is a way to. */
  #others = 0;
  /** Until then others may have other tables than this member. */
  #turmoilUntil = -Infinity;
  #loggedAt = -Infinity;
  #short = 0;
  #noReceiver = 0;
  #noNextHop = 0;

  constructor(private readonly context: DataTransferContext) {
    this.#own = context.own;
    this.#forwarding = context.forwarding;
    this.#log = context.log.component("dt");
    this.#established = context.clock.wall();
  }

  /**
   * An N-1 flow to a neighbour is there: its packets come here from now on. Its end is told with {@link removeFlow}.
   *
   * @param turned told when the flow is suspended, or carries packets again; not of how it is at first
   */
  addFlow(lower: LowerFlow, neighbour: Address, turned: (suspended: boolean) => void = () => {}): void {
    this.removeFlow(lower.fd);
    const flow = new TransferFlow(lower, neighbour, this.context);
    this.#flows[lower.fd] = flow;
    if (flow.suspended) this.#forwarding.flowDown(lower.fd);
    else this.#forwarding.flowUp(lower.fd);
    this.#payload.update(this.#lowers());
    lower.onPacket((packet) => this.#receive(flow, packet));
    lower.onChange(() => {
      this.#payload.update(this.#lowers());
      if (lower.suspended !== flow.suspended) this.#turn(flow, turned);
    });
    this.#log.debug(`Added fd ${lower.fd} to SDU scheduler.`);
  }

  /** Forgets an N-1 flow that is gone or about to be deallocated, if it is known. */
  removeFlow(fd: Fd): void {
    const flow = this.#flows[fd];
    if (!flow) return;
    this.#flows[fd] = undefined;
    this.#forwarding.flowDown(fd);
    flow.lower.onPacket(() => {});
    flow.lower.onChange(() => {});
    flow.end();
    this.#payload.update(this.#lowers());
  }

  /** The largest payload that all N-1 flows carry, in bytes; undefined before there is the first one. */
  get maxPayload(): number | undefined {
    return this.#payload.bytes;
  }

  /** `changed` is told {@link maxPayload}, now if there is one and whenever it changes. */
  watchPayload(changed: (bytes: number) => void): void {
    this.#payload.watch(changed);
  }

  /**
   * From now on, packets for the reserved EID (0 … 63) go to `receive`; each is valid during the call only.
   *
   * @throws ExistsError when another component has that EID
   */
  component(eid: number, name: string, receive: (payload: Uint8Array) => void): void {
    if (this.#components[eid]) {
      throw new ExistsError(`endpoint ${eid} is ${this.#components[eid].name} already`);
    }
    this.#components[eid] = { name, receive, counters: new count.TransferCounters() };
  }

  /** From now on, packets for EIDs that are not reserved go to `receive`. */
  users(receive: UserReceiver): void {
    this.#users = receive;
  }

  /**
   * Sends one packet, copied before the call returns. False: there is no way to `to`. A packet for which there is no room is
   * lost and counted, like one that is lost elsewhere.
   */
  send(to: Address, high: number, low: number, cube: QosCube, payload: Uint8Array): boolean {
    return this.transmit(to, high, low, cube, payload) !== 0;
  }

  /**
   * Sends one packet, copied before the call returns.
   *
   * @param waiter told once to go on when the answer says that it should wait
   */
  transmit(
    to: Address,
    high: number,
    low: number,
    cube: QosCube,
    payload: Uint8Array,
    waiter?: Waiter,
  ): Transmitted {
    if (high === 0 && low < pci.FIRST_FLOW_EID) {
      this.#components[low]?.counters.add(count.LOCAL_RECEIVED, cube, payload.length);
    }
    if (to === this.#own) {
      this.#deliver(undefined, high, low, cube, 0, payload);
      return HAS_WAY | SENT;
    }
    const out = this.#at(this.#forwarding.nextHop(to, (high ^ low) >>> 0));
    if (out === undefined) {
      this.#logNoNextHop(to);
      return 0;
    }
    const below = out.lower.queued;
    const header = this.#header;
    pci.writeDataTransferHeader(header, to, cube, this.context.maxTtl, 0, high, low);
    const bytes = payload.length + header.length;
    const stands = out.queueStands(below, cube, bytes);
    let answer = HAS_WAY;
    if (out.send(below, payload, header, cube)) {
      answer |= SENT;
      if (high === 0 && low < pci.FIRST_FLOW_EID) out.counters.add(count.LOCAL_SENT, cube, bytes);
    }
    if (stands && waiter !== undefined) {
      answer |= QUEUE_STANDS;
      out.wait(waiter);
    }
    return answer;
  }

  #receive(from: TransferFlow, packet: Uint8Array): void {
    const bytes = packet.length;
    if (bytes < pci.DATA_TRANSFER_HEADER_BYTES) {
      // An empty packet keeps the N-1 flow alive.
      if (bytes > 0 && this.#short++ === 0) {
        this.#log.warning(`Dropped a packet of ${bytes} bytes from fd ${from.lower.fd}: it has no header.`);
      }
      return;
    }
    const to = pci.headerDestination(packet);
    const cube = pci.headerCube(packet);
    from.counters.add(count.RECEIVED, cube, bytes);
    const high = pci.headerEidHigh(packet);
    const low = pci.headerEidLow(packet);
    if (to === this.#own) {
      const payload = packet.subarray(pci.DATA_TRANSFER_HEADER_BYTES);
      return this.#deliver(from, high, low, cube, pci.headerEcn(packet), payload);
    }
    const ttl = pci.headerTtl(packet);
    if (ttl <= 1) return from.counters.add(count.DROPPED_TTL, cube, bytes);
    let out = this.#at(this.#forwarding.nextHop(address(to), (high ^ low) >>> 0));
    if (out === undefined) {
      this.#logNoNextHop(to);
      return from.counters.add(count.FAILED_NEXT_HOP, cube, bytes);
    }
    if (out.neighbour === from.neighbour) {
      out = this.#at(this.#forwarding.otherHop?.(address(to), out.lower.fd));
    }
    if (out === undefined || out.neighbour === from.neighbour || this.#goesRound(ttl)) {
      return from.counters.add(count.DROPPED_LOOP, cube, bytes);
    }
    pci.setHeaderTtl(packet, ttl - 1);
    out.send(out.lower.queued, packet, undefined, cube);
  }

  #deliver(
    from: TransferFlow | undefined,
    high: number,
    low: number,
    cube: QosCube,
    ecn: number,
    payload: Uint8Array,
  ): void {
    if (high !== 0 || low >= pci.FIRST_FLOW_EID) {
      if (this.#users === undefined) this.#noReceiver++;
      else this.#users(high, low, ecn, payload);
      return;
    }
    const component = this.#components[low];
    if (!component) {
      if (this.#noReceiver++ === 0) this.#log.warning(`Dropped a packet for endpoint ${low}: nobody has it.`);
      return;
    }
    from?.counters.add(count.LOCAL_RECEIVED, cube, payload.length + pci.DATA_TRANSFER_HEADER_BYTES);
    component.counters.add(count.SENT, cube, payload.length);
    component.receive(payload);
  }

  #at(fd: Fd | undefined): TransferFlow | undefined {
    return fd === undefined ? undefined : this.#flows[fd];
  }

  /** No way leads over a member twice: whoever has made more hops than there are members goes around in a circle. */
  #goesRound(ttl: number): boolean {
    return this.context.maxTtl - ttl > this.#others && this.context.clock.now() < this.#turmoilUntil;
  }

  #logNoNextHop(to: number): void {
    this.#noNextHop++;
    const now = this.context.clock.now();
    if (now - this.#loggedAt < LOG_INTERVAL) return;
    this.#loggedAt = now;
    this.#log.debug(`Could not get nhop for addr ${to}.`);
  }

  /** Routing has a new table. */
  replaceTable(table: ForwardingTable): void {
    this.#forwarding.replace(table);
    if (this.#others > 0) this.#turmoilUntil = this.context.clock.now() + TURMOIL;
    this.#others = table.size;
  }

  /** Returns whether there is a way to another member at the moment. */
  leads(to: Address): boolean {
    return to === this.#own || this.#at(this.#forwarding.nextHop(to, 0)) !== undefined;
  }

  /** Counters of every N-1 flow and component, by cube. */
  stats(): Stats {
    return {
      address: addressText(this.#own),
      established: new Date(this.#established).toISOString(),
      flows: this.#flows.flatMap((flow) => flow ? [flow.stats()] : []),
      components: this.#components.flatMap((component, eid) =>
        component ? [{ eid, name: component.name, cubes: component.counters.stats() }] : []
      ),
      dropped: { short: this.#short, noReceiver: this.#noReceiver, noNextHop: this.#noNextHop },
    };
  }

  /** Disarms all timers: no call comes after this one. */
  shutdown(): void {
    for (const flow of this.#flows) flow?.queue.stop();
  }

  *#lowers(): Generator<LowerFlow> {
    for (const flow of this.#flows) if (flow) yield flow.lower;
  }

  #turn(flow: TransferFlow, turned: (suspended: boolean) => void): void {
    const { suspended, fd } = flow.lower;
    flow.suspended = suspended;
    this.#log.info(`N-1 flow on fd ${fd} ${suspended ? "is suspended" : "carries packets again"}.`);
    if (suspended) this.#forwarding.flowDown(fd);
    else this.#forwarding.flowUp(fd);
    turned(suspended);
  }
}
