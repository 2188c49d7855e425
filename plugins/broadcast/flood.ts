/**
 * Carries packets to all neighbours and all users but the one that they come from, each once.
 *
 * @module
 */
import type { UpperFlow } from "../../core/contract/ipcp.ts";
import type { Connection, ConnectionListener } from "../../core/contract/membership.ts";
import type { Ports, Timer } from "../../core/contract/ports.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { Copies } from "./copies.ts";
import { Link } from "./link.ts";
import {
  hopsOf,
  isForeign,
  MAX_HOPS,
  numberOf,
  PACKET_ID_BYTES,
  setHops,
  sourceOf,
  writePacketId,
} from "./packet_id.ts";
import { SeenIds } from "./seen_ids.ts";

/** Largest packet in bytes: members of the reference cut what is longer. */
const MAX_PAYLOAD = 1399;
/** Milliseconds for which senders of this host wait for a neighbour that takes no packets. */
const PATIENCE = 1000;
/** Milliseconds in which nothing comes from a process that leaves before it has left: its last packets may be on their way here. */
const QUIET = 5;
/** Milliseconds that this takes at most. */
const MAX_LEAVING = 1000;
/** Milliseconds after which a neighbour to which nothing was sent gets an empty packet. */
const KEEP_ALIVE = 2000;

/** Neighbours and users of a member, and what goes between them. */
export class Flood implements ConnectionListener {
  readonly #links = new Map<Connection, Link>();
  readonly #users = new Set<UpperFlow>();
  /** Processes that leave, and how many packets have come from each since. */
  readonly #leaving = new Map<UpperFlow, number>();
  readonly #seen: SeenIds;
  readonly #copies: Copies;
  /** A neighbour, or a member further away, knows no ids. */
  #foreign = false;
  /** Those that senders of this host wait for. */
  readonly #awaited = new Map<Link, Timer>();
  #keepAlive: Timer | undefined;
  #number: number;
  readonly #id = new Uint8Array(PACKET_ID_BYTES);
  readonly #counts = { copies: 0, tooLong: 0, lost: 0, outOfHops: 0, malformed: 0 };

  /** @param own address of this member */
  constructor(private readonly ports: Ports, private readonly own: number) {
    const { clock, random } = ports;
    this.#seen = new SeenIds(clock, random.uint32());
    this.#copies = new Copies(clock, random.uint32());
    this.#number = random.uint32();
  }

  /** Largest packet of a user that all neighbours get. */
  get maxPayload(): number {
    let least = MAX_PAYLOAD;
    for (const { maxPayload } of this.#links.values()) least = Math.min(least, maxPayload);
    return Math.max(least, 0);
  }

  up(connection: Connection): void {
    const link = new Link(connection);
    this.#links.set(connection, link);
    if (!link.knowsIds) this.#foreign = true;
    const { flow } = connection;
    flow.onPacket(
      link.knowsIds ? (packet) => this.#withId(link, packet) : (packet) => this.#bare(link, packet),
    );
    flow.onChange(() => this.#tellLimit());
    this.#tellLimit();
    this.#stayAlive();
  }

  down(connection: Connection): void {
    const link = this.#links.get(connection);
    if (!link) return;
    this.#links.delete(connection);
    this.#copies.forget(link.way);
    this.#goOn(link);
    this.#tellLimit();
  }

  probe(connection: Connection): void {
    this.#links.get(connection)?.keepAlive();
  }

  /** A process of this host joins. */
  join(flow: UpperFlow): void {
    this.#users.add(flow);
    flow.limit(this.maxPayload);
    flow.onPacket((packet) => this.#fromUser(flow, packet));
    if (this.#awaited.size > 0) flow.pause();
  }

  /** It leaves: nothing goes to it any more, and what it has written goes out. @param linger milliseconds that this takes at least */
  leave(flow: UpperFlow, linger: number, left: () => void): void {
    if (!this.#users.delete(flow)) return left();
    this.#leaving.set(flow, 0);
    const look = (before: number, more: number) => {
      const now = this.#leaving.get(flow);
      if (now !== undefined && now !== before && more > 0) {
        return void this.ports.timers.after(QUIET, () => look(now, more - QUIET));
      }
      this.#leaving.delete(flow);
      left();
    };
    this.ports.timers.after(Math.max(linger, QUIET), () => look(0, MAX_LEAVING));
  }

  /** Neighbours, users and counters. */
  stats(): Stats {
    return {
      users: this.#users.size,
      maxPacket: this.maxPayload,
      remembered: this.#seen.size,
      ...this.#counts,
      links: [...this.#links.values()].map((link) => link.stats()),
    };
  }

  /** Ends. */
  shutdown(): void {
    this.#keepAlive?.cancel();
    for (const timer of this.#awaited.values()) timer.cancel();
    this.#awaited.clear();
    this.#users.clear();
    this.#leaving.clear();
    this.#links.clear();
  }

  #fromUser(flow: UpperFlow, packet: Uint8Array): void {
    if (packet.length === 0) return;
    const leaving = this.#leaving.get(flow);
    if (leaving !== undefined) this.#leaving.set(flow, leaving + 1);
    if (packet.length > this.maxPayload) {
      this.#counts.tooLong++;
      return;
    }
    if (this.#foreign) this.#copies.entered(packet);
    this.#nextId(false);
    this.#spread(packet, undefined, flow);
    for (const link of this.#links.values()) {
      if (link.isLong) this.#await(link);
    }
  }

  /** A packet came from a member of `ouro`. */
  #withId(link: Link, packet: Uint8Array): void {
    if (packet.length === 0) return;
    link.received++;
    if (packet.length <= PACKET_ID_BYTES || sourceOf(packet) === 0) {
      this.#counts.malformed++;
      return;
    }
    const source = sourceOf(packet);
    const payload = packet.subarray(PACKET_ID_BYTES);
    if (source === this.own || !this.#seen.add(source, numberOf(packet)) || this.#isCopy(packet, payload)) {
      this.#counts.copies++;
      return;
    }
    const hops = Math.min(hopsOf(packet), MAX_HOPS);
    if (hops === 0) this.#counts.outOfHops++;
    this.#id.set(packet.subarray(0, PACKET_ID_BYTES));
    setHops(this.#id, Math.max(hops - 1, 0));
    this.#spread(payload, link, undefined, hops > 0);
  }

  /** A packet came from a member of the reference. */
  #bare(link: Link, packet: Uint8Array): void {
    if (packet.length === 0) return;
    link.received++;
    if (!this.#copies.arrived(link.way, packet)) {
      this.#counts.copies++;
      return;
    }
    this.#nextId(true);
    this.#spread(packet, link, undefined);
  }

  /** A packet may have come here without an id before, and got one here or elsewhere. */
  #isCopy(packet: Uint8Array, payload: Uint8Array): boolean {
    if (isForeign(packet)) {
      this.#foreign = true;
      return !this.#copies.arrivedAt(sourceOf(packet), payload);
    }
    return this.#foreign && !this.#copies.isOriginal(payload);
  }

  #nextId(foreign: boolean): void {
    this.#number = (this.#number + 1) >>> 0;
    writePacketId(this.#id, this.own, this.#number, MAX_HOPS, foreign);
  }

  /** Sends a packet with the id that was made for it to all but the one that it came from. */
  #spread(payload: Uint8Array, from: Link | undefined, by: UpperFlow | undefined, further = true): void {
    if (further) {
      for (const link of this.#links.values()) {
        if (link !== from) link.send(this.#id, payload);
      }
    }
    for (const user of this.#users) {
      if (user !== by && !user.send(payload)) this.#counts.lost++;
    }
  }

  /** A neighbour does not take what is sent: the processes of this host wait, but not for ever. */
  #await(link: Link): void {
    if (this.#awaited.has(link)) return;
    if (this.#awaited.size === 0) { for (const user of this.#users) user.pause(); }
    const timer = this.ports.timers.after(PATIENCE, () => {
      link.stuck = true;
      this.#goOn(link);
    });
    this.#awaited.set(link, timer);
    link.onRoom(() => {
      link.stuck = false;
      this.#goOn(link);
    });
  }

  #goOn(link: Link): void {
    this.#awaited.get(link)?.cancel();
    if (!this.#awaited.delete(link) || this.#awaited.size > 0) return;
    for (const user of [...this.#users, ...this.#leaving.keys()]) user.resume();
  }

  #tellLimit(): void {
    const limit = this.maxPayload;
    for (const user of this.#users) user.limit(limit);
  }

  #stayAlive(): void {
    this.#keepAlive ??= this.ports.timers.after(KEEP_ALIVE, () => {
      this.#keepAlive = undefined;
      for (const link of this.#links.values()) link.keepAlive();
      if (this.#links.size > 0) this.#stayAlive();
    });
  }
}
