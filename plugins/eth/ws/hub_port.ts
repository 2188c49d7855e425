/**
 * A hub: a switch between the members that have dialled it and the one that it is itself. Each socket has one address, which its
 * greeting says; so nothing is learned, and nobody gets what is for others.
 *
 * @module
 */
import type {
  DoorSettings,
  MacAddress,
  MessageDoor,
  MessageSocket,
  WebSockets,
} from "../../../core/contract/network.ts";
import type { Log, Ports } from "../../../core/contract/ports.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { NO_BYTES, sameBytes } from "../../../core/kit/bytes.ts";
import { type LimitedLog, limitedLog } from "../../../core/kit/limited_log.ts";
import { TimerGroup } from "../../../core/kit/timer_group.ts";
import { TokenBucket } from "../../../core/kit/token_bucket.ts";
import {
  comesFrom,
  DIX_HEADER_BYTES,
  ETHERNET_HEADER_BYTES,
  formatMac,
  goesTo,
  goesToGroup,
} from "../../../core/wire/ethernet_frame.ts";
import { encodeGreeting, type Greeting, SECRET_BYTES } from "./greeting.ts";
import { Line, type LineUser } from "./line.ts";
import { MTU } from "./settings.ts";
import { packetsOf, randomAddress, WebPort } from "./web_port.ts";

/** Frames to all that one member may send: a second, and at once. Each costs the hub as many as it has members. */
const TO_ALL = { rate: 200, burst: 1000 };
/** Lines on members in the log: a second, and at once. */
const LINES = { rate: 1, burst: 20 };
const NO_SECRET = new Uint8Array(SECRET_BYTES);

/** Where a member is found by its address: not the whole of it, for speed, so it is compared. */
const placeOf = (bytes: Uint8Array, at: number): number =>
  (bytes[at + 2] << 24 | bytes[at + 3] << 16 | bytes[at + 4] << 8 | bytes[at + 5]) & 0x3fffffff;

/** A member that has dialled. */
class Member implements LineUser {
  readonly line: Line;
  readonly #toAll = new TokenBucket(TO_ALL);
  /** What it has said of itself. */
  greeting: Greeting | undefined;

  constructor(private readonly hub: HubPort, socket: MessageSocket, private readonly ports: Ports) {
    this.line = new Line(socket, ports.timers, this);
  }

  greeted(greeting: Greeting): void {
    this.greeting = greeting;
    this.hub.joined(this, greeting);
  }

  frame(frame: Uint8Array): void {
    if (this.greeting) this.hub.carry(frame, this, this.greeting.address);
  }

  /** May it send one more frame to all? */
  mayFlood(): boolean {
    return this.#toAll.take(this.ports.clock.now());
  }

  sent(): void {
    this.hub.sentTo(this);
  }

  ended(reason: string): void {
    this.hub.left(this, reason);
  }
}

/** The port of a hub. */
export class HubPort extends WebPort {
  readonly address: MacAddress;
  readonly mtu = MTU;
  readonly #ports: Ports;
  readonly #timers: TimerGroup;
  readonly #log: LimitedLog;
  readonly #door: MessageDoor;
  /** All who have dialled, and those who have said who they are. */
  readonly #dialled = new Set<Member>();
  readonly #members = new Map<number, Member>();
  /** Where the last frame has gone to. */
  #last: Member | undefined;
  #closed = false;
  readonly #dropped = { malformed: 0, foreignSource: 0, unknown: 0, floods: 0, full: 0 };

  /** Opens the door. @throws NotFoundError, ExistsError, PermissionError or InvalidError when that cannot be */
  constructor(ports: Ports, log: Log, sockets: WebSockets, settings: DoorSettings) {
    const { address, port, path, tls } = settings;
    const host = address.includes(":") ? `[${address}]` : address;
    super(`${tls ? "wss" : "ws"}://${host}:${port}${path}`);
    this.#timers = new TimerGroup(ports.clock, ports.timers);
    this.#ports = { ...ports, timers: this.#timers };
    this.#log = limitedLog(log, ports.clock, LINES, "members");
    this.address = randomAddress(ports.random);
    this.#door = sockets.listen(
      settings,
      (socket) => this.#dialled.add(new Member(this, socket, this.#ports)),
    );
  }

  get up(): boolean {
    return !this.#closed;
  }

  /** Of the member that the last frame has gone to: one that is slow does not hold back what is for others. */
  get queued(): number {
    return packetsOf(this.#last?.line.socket.queued ?? 0);
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    if (this.#closed) return this.counted(false);
    // In two parts or whole.
    const frame = header.length === 0 ? packet : header;
    if (goesToGroup(frame)) {
      for (const member of this.#members.values()) this.#put(member, packet, header);
      return true;
    }
    const to = this.#find(frame);
    this.#last = to;
    // Nobody has this address now: as on a cable, that is not this end's loss.
    return to === undefined || this.counted(to.line.send(packet, header));
  }

  close(): void {
    this.#closed = true;
    this.#door.close();
    for (const { line } of this.#dialled) line.close();
    this.#timers.stop();
  }

  stats(): Stats {
    return {
      sockets: this.#dialled.size,
      members: this.#members.size,
      dropped: { ...this.#dropped },
    };
  }

  /** A member has said who it is. */
  joined(member: Member, { address, secret }: Greeting): void {
    const before = this.#members.get(placeOf(address, 0));
    const same = before?.greeting && sameBytes(before.greeting.address, address) &&
      sameBytes(before.greeting.secret, secret);
    const taken = goesTo(address, this.address) || (before !== undefined && !same);
    const own = { taken, mtu: this.mtu, address: this.address, secret: NO_SECRET };
    member.line.send(encodeGreeting(own), NO_BYTES);
    if (taken) return this.#remove(member);
    if (before) this.#remove(before);
    this.#members.set(placeOf(address, 0), member);
    this.#log.info(`${formatMac(address)} has come from ${member.line.socket.remote}.`);
  }

  /** The socket of a member has ended. */
  left(member: Member, reason: string): void {
    this.#remove(member);
    const who = member.greeting ? formatMac(member.greeting.address) : "Somebody";
    this.#log.info(`${who} at ${member.line.socket.remote} is gone: ${reason}.`);
  }

  /** Some of what waits for a member was sent. */
  sentTo(member: Member): void {
    this.#last = member;
    this.sent();
  }

  /** A frame of a member. */
  carry(frame: Uint8Array, from: Member, address: MacAddress): void {
    if (frame.length < DIX_HEADER_BYTES || frame.length > this.mtu + ETHERNET_HEADER_BYTES) {
      this.#dropped.malformed++;
    } else if (!comesFrom(frame, address)) this.#dropped.foreignSource++;
    else if (goesTo(frame, this.address)) this.receive(frame);
    else if (goesToGroup(frame)) this.#flood(frame, from);
    else {
      const to = this.#find(frame);
      if (to === undefined || to === from) this.#dropped.unknown++;
      else this.#put(to, frame, NO_BYTES);
    }
  }

  #flood(frame: Uint8Array, from: Member): void {
    if (!from.mayFlood()) return void this.#dropped.floods++;
    for (const member of this.#members.values()) if (member !== from) this.#put(member, frame, NO_BYTES);
    this.receive(frame);
  }

  #put(to: Member, packet: Uint8Array, header: Uint8Array): void {
    if (!to.line.send(packet, header)) this.#dropped.full++;
  }

  /** The member that a frame is for. */
  #find(frame: Uint8Array): Member | undefined {
    const member = this.#members.get(placeOf(frame, 0));
    return member?.greeting && goesTo(frame, member.greeting.address) ? member : undefined;
  }

  #remove(member: Member): void {
    member.line.close();
    this.#dialled.delete(member);
    const place = member.greeting ? placeOf(member.greeting.address, 0) : -1;
    if (this.#members.get(place) === member) this.#members.delete(place);
    if (this.#last === member) this.#last = undefined;
    // Flows that were held back for it go on.
    this.sent();
  }
}
