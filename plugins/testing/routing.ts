/** One member among peers that a test plays. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import * as errors from "../../core/contract/errors.ts";
import { type Address, address, type Fd, fd } from "../../core/contract/ids.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { Plugin, PluginHost } from "../../core/contract/plugin.ts";
import type { Log } from "../../core/contract/ports.ts";
import type { ForwardingTable, ManagementFlow, Routing } from "../../core/contract/policies/routing.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { isEmpty, isPack } from "../routing/flooding/packs.ts";
import {
  decodeLinkStateUpdate,
  encodeLinkStateUpdate,
  LINK_STATE_UPDATE_BYTES,
} from "../routing/link_state_update.ts";
import { linkState } from "../routing/policies.ts";

/** Wall clock at the start, in milliseconds since 1970. */
export const EPOCH = 1_700_000_000_000;

/** An update that the member has sent, and when. */
export interface Sent {
  readonly at: number;
  readonly source: number;
  readonly destination: number;
  readonly sequence: number;
}

/** A management flow whose far end the test plays. */
export class PlayedPeer implements ManagementFlow {
  readonly neighbour: Address;
  readonly fd: Fd;
  readonly sent: Sent[] = [];
  /** Lengths of what was sent, in bytes. */
  readonly lengths: number[] = [];
  /** Does the flow take messages? */
  open = true;
  /** Bytes of the longest message that it takes. */
  longest = Infinity;
  readonly #time: VirtualTime;

  constructor(neighbour: number, flow: number, time: VirtualTime) {
    this.neighbour = address(neighbour);
    this.fd = fd(flow);
    this.#time = time;
  }

  send(message: Uint8Array): boolean {
    if (!this.open || message.length > this.longest) return false;
    this.lengths.push(message.length);
    for (let at = 0; at < message.length; at += LINK_STATE_UPDATE_BYTES) {
      // A greeting, which says nothing of adjacencies.
      if (isPack(message) && isEmpty(message, at)) continue;
      const update = message.subarray(at, at + LINK_STATE_UPDATE_BYTES);
      this.sent.push({ at: this.#time.now(), ...decodeLinkStateUpdate(update) });
    }
    return true;
  }

  /** What was sent of an adjacency. */
  of(source: number, destination: number): Sent[] {
    return this.sent.filter((one) => one.source === source && one.destination === destination);
  }
}

/** A member, 1 if nothing else is said, made by a plugin, with the reference's times. */
export class ScriptedMember {
  readonly time: VirtualTime;
  readonly lines: string[] = [];
  readonly tables: ForwardingTable[] = [];
  readonly routing: Routing;
  #nextFd = 100;

  constructor(
    plugin: Plugin<"routing"> = linkState,
    options: Readonly<Record<string, number>> = {},
    own = 1,
    wall = EPOCH,
  ) {
    this.time = new VirtualTime(wall);
    const log = logTo(this.lines, "");
    const host: PluginHost = { errors, log, make: () => assert.fail("routing uses no other plugin") };
    this.routing = instanceOf(plugin, host, {
      own: address(own),
      clock: this.time,
      timers: this.time,
      random: new SeededRandom(5),
      log,
      options: { ls_t_timeo: 60, ls_t_update: 15, ls_t_recalc: 4, ...options },
      install: (table) => this.tables.push(table),
    });
  }

  /** A management flow to a neighbour. */
  management(neighbour: number): PlayedPeer {
    const peer = new PlayedPeer(neighbour, this.#nextFd++, this.time);
    this.routing.managementUp(peer);
    return peer;
  }

  /** A data transfer flow to a neighbour. */
  transfer(neighbour: number, flow: number): void {
    this.routing.adjacencyUp(address(neighbour), fd(flow));
  }

  /** A data transfer flow goes. */
  transferDown(neighbour: number, flow: number): void {
    this.routing.adjacencyDown(address(neighbour), fd(flow));
  }

  /** A peer announces an adjacency. */
  hear(peer: PlayedPeer, source: number, destination: number, sequence: number): void {
    const update = { source: address(source), destination: address(destination), sequence };
    this.routing.receive(peer, encodeLinkStateUpdate(update));
  }

  /** A peer announces both ends of some links. */
  hearLinks(peer: PlayedPeer, sequence: number, ...links: readonly (readonly [number, number])[]): void {
    for (const [one, other] of links) {
      if (one !== 1) this.hear(peer, one, other, sequence);
      if (other !== 1) this.hear(peer, other, one, sequence);
    }
  }

  /** The newest table: flows by destination. */
  get table(): Record<string, readonly number[]> {
    return Object.fromEntries(this.tables.at(-1) ?? []);
  }

  /** A counter, or the sum of those below it. */
  count(...path: readonly string[]): number {
    let at: Stats[string] | undefined = this.routing.stats().counters;
    for (const name of path) {
      at = typeof at === "object" && !Array.isArray(at) ? Reflect.get(at, name) : undefined;
    }
    assert(typeof at === "number", `there is no counter ${path.join(".")}`);
    return at;
  }
}

function logTo(lines: string[], name: string): Log {
  const add = (level: string) => (text: string) => void lines.push(`${name}(${level}): ${text}`);
  return {
    error: add("EE"),
    warning: add("WW"),
    info: add("II"),
    debug: add("DB"),
    component: (component) => logTo(lines, component),
  };
}
