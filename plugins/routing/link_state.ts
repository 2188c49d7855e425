/**
 * Link-state routing: every member announces its adjacencies, all members know all of them, and each computes its own table.
 * A policy is the function that makes routes of that knowledge.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import { type Address, addressText, type Fd } from "../../core/contract/ids.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { Log } from "../../core/contract/ports.ts";
import type {
  ForwardingTable,
  ManagementFlow,
  Routing,
  RoutingContext,
} from "../../core/contract/policies/routing.ts";
import {
  decodeLinkStateUpdate,
  int32,
  LINK_STATE_UPDATE_BYTES,
  type LinkStateUpdate,
} from "./link_state_update.ts";
import { Adjacencies } from "./adjacencies.ts";
import { Ageing } from "./lsdb/ageing.ts";
import { DeadlineQueue } from "../../core/kit/deadline_queue.ts";
import { ChangeRepeats } from "./flooding/change_repeats.ts";
import { Doubts } from "./flooding/doubts.ts";
import { BackOff } from "./flooding/back_off.ts";
import { Counters } from "./counters.ts";
import { Tombstones } from "./lsdb/tombstones.ts";
import { Flooding, type ManagementPeer } from "./flooding/flooding.ts";
import { FlowUpkeep } from "./flooding/flow_upkeep.ts";
import { Lsdb } from "./lsdb/lsdb.ts";
import { isEmpty, isPack } from "./flooding/packs.ts";
import { OwnAdjacencies } from "./flooding/own_adjacencies.ts";
import { report } from "./report.ts";
import { type RoutePolicy, Routes, sameTable } from "./paths/routes.ts";
import { isForged, withdraws } from "./lsdb/sequence.ts";
import type { LinkStateOptions } from "./declarations.ts";
import { DEADLINE, type Deadline, type Deadlines, timesOf } from "./times.ts";

/** Most entries of the database; more are dropped and counted. */
export const MAX_ENTRIES = 65_536;

/** A link-state routing policy at work. */
export class LinkState implements Routing {
  readonly forwarding: string;
  readonly #log: Log;
  /** Milliseconds for which an entry lives that is not heard of. */
  readonly #life: number;
  readonly #counters = new Counters();
  readonly #lsdb: Lsdb;
  readonly #deadlines: Deadlines;
  readonly #flooding: Flooding;
  readonly #repeats: ChangeRepeats;
  readonly #own: OwnAdjacencies;
  readonly #doubts: Doubts;
  readonly #upkeep: FlowUpkeep;
  readonly #ageing: Ageing;
  readonly #tombstones: Tombstones;
  readonly #backOff: BackOff;
  readonly #adjacencies = new Adjacencies();
  readonly #routes: Routes;
  #table: ForwardingTable = new Map();
  #warnedOfTwin = false;
  readonly #since: number;

  /** @param forwarding name of the forwarding plugin that goes with the routes */
  constructor(
    private readonly context: RoutingContext<LinkStateOptions>,
    forwarding: string,
    policy: RoutePolicy,
  ) {
    this.forwarding = forwarding;
    this.#log = context.log.component("link-state-routing");
    const { own, clock, timers, random } = context;
    const times = timesOf(context.options);
    this.#life = times.life;
    this.#since = clock.now();
    this.#lsdb = new Lsdb(random.uint32());
    this.#routes = new Routes(this.#lsdb, own, policy, this.#adjacencies.flowsTo);
    const kinds = Object.keys(DEADLINE).length;
    this.#deadlines = new DeadlineQueue(kinds, clock, timers, (kind, now) => this.#due(kind, now));
    this.#ageing = new Ageing(
      this.#lsdb,
      own,
      times.life,
      this.#deadlines,
      (slots, now) => this.#expire(slots, now),
    );
    this.#tombstones = new Tombstones(times.life);
    this.#backOff = new BackOff(times.longestWait, this.#deadlines, (now) => this.#compute(now));
    this.#flooding = new Flooding(this.#lsdb, random, this.#deadlines, this.#counters, times.suspect, own);
    this.#repeats = new ChangeRepeats(this.#lsdb, this.#flooding, random, this.#deadlines);
    this.#own = new OwnAdjacencies(
      this.#lsdb,
      this.#flooding,
      this.#repeats,
      own,
      times.refresh,
      context,
      this.#deadlines,
    );
    this.#doubts = new Doubts(
      this.#flooding,
      this.#deadlines,
      (peer, update) => this.#undoubted(peer, update),
    );
    this.#upkeep = new FlowUpkeep(own, this.#lsdb, this.#flooding, this.#own.slots, random, this.#deadlines);
  }

  managementUp(flow: ManagementFlow): void {
    const now = this.context.clock.now();
    if (!this.#hasManagement(flow.neighbour)) this.#log.debug(`Type mgmt neighbor ${flow.neighbour} added.`);
    this.#upkeep.add(this.#flooding.add(flow, now), now);
  }

  managementDown(flow: ManagementFlow): void {
    const peer = this.#flooding.peer(flow);
    if (!peer) return;
    this.#flooding.remove(peer);
    this.#upkeep.remove(peer);
    if (!this.#hasManagement(flow.neighbour)) {
      this.#log.debug(`Type mgmt neighbor ${flow.neighbour} removed.`);
    }
  }

  receive(flow: ManagementFlow, message: Uint8Array): void {
    const peer = this.#flooding.peer(flow);
    if (!peer) {
      this.#counters.dropped.stray++;
    } else if (message.length === 0) {
      this.#counters.keepAlives++;
    } else {
      const pack = isPack(message);
      peer.takesPacks ||= pack;
      const bytes = pack ? LINK_STATE_UPDATE_BYTES : message.length;
      for (let at = 0; at < message.length; at += bytes) this.#receiveAt(peer, message, at, bytes);
    }
  }

  adjacencyUp(neighbour: Address, fd: Fd): void {
    if (neighbour === this.context.own) return;
    const now = this.context.clock.now();
    this.#routes.flowsChanged();
    if (this.#adjacencies.add(neighbour, fd)) {
      this.#log.debug(`Type dt neighbor ${neighbour} added.`);
      const again = this.#lsdb.find(this.context.own, neighbour) >= 0;
      const slot = this.#own.announce(neighbour, now);
      if ((again || this.#isBack(now)) && !this.#lsdb.numbersMarked(neighbour, this.context.own)) {
        this.#own.stir(now);
        this.#ageing.added(now);
      }
      if (this.#lsdb.twoWay(slot)) this.#backOff.changed(now, true);
    } else this.#backOff.changed(now, true);
  }

  adjacencyDown(neighbour: Address, fd: Fd): void {
    const { before, left } = this.#adjacencies.remove(neighbour, fd);
    if (before === left) return;
    this.#routes.flowsChanged();
    const now = this.context.clock.now();
    if (left === 0) {
      this.#own.withdraw(neighbour, now);
      this.#ageing.added(now);
      this.#log.debug(`Type dt neighbor ${neighbour} removed.`);
    }
    this.#backOff.computeNow(now);
  }

  members(): Iterable<Address> {
    return this.#table.keys();
  }

  stats(): Stats {
    const now = this.context.clock.now();
    return report(this.#lsdb, this.#flooding.peers, this.#adjacencies, this.#counters, this.#table, now);
  }

  shutdown(): void {
    this.#deadlines.stop();
  }

  #due(kind: Deadline, now: number): void {
    if (kind === DEADLINE.expire) this.#ageing.look(now);
    else if (kind === DEADLINE.compute) this.#backOff.due(now);
    else if (kind === DEADLINE.flood) this.#flooding.send(now);
    else if (kind === DEADLINE.repeat) this.#repeats.send(now);
    else if (kind === DEADLINE.refresh) this.#own.refresh(now);
    else if (kind === DEADLINE.answer) this.#own.answerAll(now);
    else if (kind === DEADLINE.doubt) this.#doubts.look(now);
    else if (kind === DEADLINE.repeatTo) this.#upkeep.sendAgain(now);
    else this.#upkeep.keepBusy(now);
  }

  #hasManagement(neighbour: Address): boolean {
    return this.#flooding.peers.some(({ flow }) => flow.neighbour === neighbour);
  }

  /** Receives what stands in a message at `at`. */
  #receiveAt(peer: ManagementPeer, message: Uint8Array, at: number, bytes: number): void {
    const slot = bytes === LINK_STATE_UPDATE_BYTES ? this.#find(peer, message, at) : -1;
    if (slot < 0 && bytes < message.length && isEmpty(message, at)) return;
    this.#counters.received++;
    this.#upkeep.heard(peer, this.context.clock.now());
    if (slot >= 0 && this.#knows(peer, slot, message, at)) return;
    const update = this.#decode(peer, bytes < message.length ? message.subarray(at, at + bytes) : message);
    if (update === undefined) return;
    if (isForged(update.sequence, this.context.clock.wall())) this.#counters.dropped.forged++;
    else if (update.source === this.context.own) this.#receiveOwn(peer, update);
    else this.#receiveOther(peer, update, slot);
  }

  #decode(peer: ManagementPeer, message: Uint8Array): LinkStateUpdate | undefined {
    let fault = "it names no adjacency";
    try {
      const update = decodeLinkStateUpdate(message);
      const { source, destination } = update;
      if (source !== 0 && destination !== 0 && source !== destination) return update;
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      fault = thrown.message;
    }
    this.#counters.dropped.malformed++;
    if (!peer.warned) {
      peer.warned = true;
      this.#log.warning(
        `A message of neighbour ${
          addressText(peer.flow.neighbour)
        } was dropped (${fault}); further ones are counted.`,
      );
    }
    return undefined;
  }

  /**
   * Finds the entry that an update is about, before it is decoded: most updates in a layer that comes up are known.
   *
   * @returns its slot; −1 when there is none
   */
  #find(peer: ManagementPeer, message: Uint8Array, at: number): number {
    const slot = this.#lsdb.find(int32(message, at + 12), int32(message, at + 4), peer.expected);
    if (slot >= 0) peer.expected = slot + 1;
    return slot;
  }

  /** Returns whether an update is known already. */
  #knows(peer: ManagementPeer, slot: number, message: Uint8Array, at: number): boolean {
    if (int32(message, at) !== 0 || int32(message, at + 8) !== 0) return false;
    if (int32(message, at + 12) === (this.context.own | 0)) return false;
    if (!this.#lsdb.hasSequence(slot, int32(message, at + 16), int32(message, at + 20))) return false;
    this.#counters.dropped.duplicate++;
    this.#flooding.has(peer, slot);
    return true;
  }

  #receiveOther(peer: ManagementPeer, update: LinkStateUpdate, slot: number): void {
    const { source, sequence } = update;
    const now = this.context.clock.now();
    if (slot < 0) return this.#receiveNew(peer, update, now);
    const known = this.#lsdb.sequence(slot);
    if (sequence > known) {
      const ends = withdraws(sequence) && !withdraws(known);
      if (ends && this.#doubts.ask(slot, peer, update, now)) return;
      this.#believe(slot, peer, update, now);
    } else if (sequence === known) {
      this.#counters.dropped.duplicate++;
      this.#flooding.has(peer, slot);
    } else {
      this.#counters.dropped.old++;
      // Somebody has announced more under its address: it must know, to go on above that.
      if (source === peer.flow.neighbour) this.#flooding.oweTo(peer, slot, now);
    }
  }

  #believe(
    slot: number,
    peer: ManagementPeer,
    { destination, sequence }: LinkStateUpdate,
    now: number,
  ): void {
    const known = this.#lsdb.sequence(slot);
    this.#counters.accepted++;
    if (withdraws(sequence)) this.#doubts.forget(slot);
    else if (this.#doubts.contradicted(slot, now)) this.#counters.dropped.hearsay++;
    const late = this.#lsdb.age(slot, now) > this.#life / 2;
    const changed = withdraws(sequence) !== withdraws(known);
    this.#lsdb.refresh(slot, sequence, now);
    this.#flooding.owe(slot, peer, now, late || changed);
    if (!changed) return;
    this.#repeats.changed(slot, now);
    this.#backOff.changed(now, destination === this.context.own);
  }

  /** The member that an update is about has not contradicted it. */
  #undoubted(peer: ManagementPeer, update: LinkStateUpdate): void {
    const slot = this.#lsdb.find(update.source, update.destination);
    if (slot < 0 || update.sequence <= this.#lsdb.sequence(slot)) return;
    this.#believe(slot, peer, update, this.context.clock.now());
  }

  #receiveNew(peer: ManagementPeer, update: LinkStateUpdate, now: number): void {
    const { source, destination, sequence } = update;
    if (this.#tombstones.has(source, destination, sequence, now)) {
      this.#counters.dropped.departed++;
    } else if (this.#lsdb.size >= MAX_ENTRIES) {
      this.#counters.dropped.full++;
    } else {
      this.#counters.accepted++;
      const slot = this.#lsdb.insert(source, destination, sequence, now);
      peer.expected = slot + 1;
      this.#ageing.added(now);
      this.#flooding.owe(slot, peer, now, true);
      this.#repeats.added(slot, now);
      if (this.#lsdb.twoWay(slot)) this.#backOff.changed(now, destination === this.context.own);
    }
  }

  /** Takes an update under the own address: what this member has announced, unless another has its address or it is forged. */
  #receiveOwn(peer: ManagementPeer, update: LinkStateUpdate): void {
    const { source, destination, sequence } = update;
    const now = this.context.clock.now();
    if (this.#upkeep.asks(peer, update)) return this.#upkeep.asked(peer, now);
    const slot = this.#lsdb.find(source, destination);
    if (slot < 0) {
      if (this.#tombstones.has(source, destination, sequence, now)) {
        this.#counters.dropped.departed++;
      } else if (this.#isBack(now) && !withdraws(sequence) && this.#lsdb.size < MAX_ENTRIES) {
        this.#own.disown(destination, sequence, now);
        this.#ageing.added(now);
      } else {
        this.#counters.dropped.foreign++;
        this.#warnOfTwin(peer);
      }
      return;
    }
    const known = this.#lsdb.sequence(slot);
    if (sequence > known) {
      this.#counters.outbid++;
      this.#warnOfTwin(peer);
      this.#own.outbid(slot, peer, sequence, now);
    } else if (sequence === known) {
      this.#counters.dropped.duplicate++;
      this.#flooding.has(peer, slot);
    } else this.#counters.dropped.old++;
  }

  /** Has this member come back a while ago, so that others may still know of its former self? */
  #isBack(now: number): boolean {
    return this.context.returned === true && now - this.#since < this.#life;
  }

  #warnOfTwin({ flow }: ManagementPeer): void {
    if (this.#warnedOfTwin || this.#isBack(this.context.clock.now())) return;
    this.#warnedOfTwin = true;
    this.#log.warning(
      `Neighbour ${addressText(flow.neighbour)} knows adjacencies of the own address ${
        addressText(this.context.own)
      } that are not of this member. ` +
        "If another member has the address, destroy one of the two and enroll it again.",
    );
  }

  #expire(slots: readonly number[], now: number): void {
    for (const slot of slots) {
      const [source, destination] = [this.#lsdb.source(slot), this.#lsdb.destination(slot)];
      this.#tombstones.add(source, destination, this.#lsdb.sequence(slot), now);
      if (this.#lsdb.twoWay(slot)) this.#backOff.changed(now, destination === this.context.own);
      if (source === this.context.own) this.#own.forget(slot);
      this.#doubts.forget(slot);
      this.#repeats.forget(slot);
      this.#lsdb.remove(slot);
      this.#counters.agedOut++;
    }
  }

  #compute(start: number): void {
    const table = this.#routes.compute();
    this.#counters.computations++;
    this.#counters.repairs = this.#routes.repairs;
    this.#counters.lastComputation = this.context.clock.now() - start;
    if (sameTable(table, this.#table)) return;
    this.#table = table;
    this.context.install(table);
  }
}
