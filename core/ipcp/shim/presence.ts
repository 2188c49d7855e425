/**
 * Whether the other ends of flows are still there. A packet for an end that is not there, or not from its other end, is answered
 * with a notice of the id that it named. Whoever gets a notice does not believe it, since ids can be guessed, but asks the peer of
 * its flow with the ids of both ends; a peer without that flow answers with the deallocation. So flows to an IPCP that was made
 * anew, or that sees this one under another address, end after one round trip. The reference drops all of these messages.
 *
 * An IPCP that was made anew, or moved unheard, may be at another address, and get none of that. So flows on which nothing is
 * answered are asked about, too, and others are asked whether they had the address of the peer, or have the name. That somebody
 * says so is never enough: only a peer that is silent while it is asked for has left its address.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import type { Clock, Log, Timer } from "../../contract/ports.ts";
import { sameBytes } from "../../kit/bytes.ts";
import { heardOf, UnansweredFlows } from "../allocation/unanswered.ts";
import type { DropCounters } from "./counters.ts";
import type { ShimDirectory } from "./directory.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import type { Peers } from "./peers.ts";
import type { ShimFlow } from "./shim_flow.ts";
import { copyOf, type ShimLink } from "./shim_link.ts";
import type { ShimCheck, ShimMessage, ShimPresent } from "./shim_message.ts";

/** Milliseconds to the next question whether an end is there, and after the last. */
const WAITS = [200, 400, 600, 700];
/** A peer is looked for at other addresses from this question on. */
const ELSEWHERE = 1;
/** Milliseconds in which a peer is looked for once, and in which it counts once that somebody had its address. */
const SEEK = 150, REPLACED = 1000;
/** Milliseconds after which a new peer is asked for the first time: a flow that is over by then tells it nothing. */
const MEETING = 1000;
/** Flows of a peer that are asked for when somebody says that it had its address: they stand for the others. */
const SAMPLES = 4;

/** The ends of the IPCP, and how it reaches others. */
export interface PresenceContext<Peer extends Uint8Array> {
  readonly ports: { readonly clock: Clock };
  readonly log: Log;
  readonly link: ShimLink<Peer>;
  readonly endpoints: EndpointTable<ShimFlow<Peer>>;
  readonly directory: ShimDirectory<Peer>;
  readonly peers: Peers;
  readonly dropped: DropCounters;
  /** Asks the network who has the hash. */
  resolve(hash: NameHash, done: Done<readonly Peer[]>): void;
  /** Calls `run` after `delay` milliseconds. */
  after(delay: number, run: () => void): Timer;
  /** A flow is lost. */
  lose(flow: ShimFlow<Peer>, reason: string): void;
}

/** A question whether the other end of a flow is there. */
interface Check {
  round: number;
  /** Packets of the flow that had come when it began. */
  readonly heard: number;
  /** Asks; left out: other flows of the peer stand for this one. */
  readonly put: ((check: Check) => void) | undefined;
  /** Why silence ends the flow; undefined: it means nothing. */
  reason: string | undefined;
  timer: Timer | undefined;
}

/** A peer with flows. */
interface Station<Peer extends Uint8Array> {
  /** Flows that are up by the id of their other end; more than one, when that was made anew. */
  readonly flows: Map<number, ShimFlow<Peer>[]>;
  /** When it was looked for elsewhere, and when somebody has said that it had its address. */
  sought: number;
  replaced: number;
  /** Flows of it may be in doubt for which others are asked about. */
  sampled: boolean;
  /** It has shown that it answers questions, so that its silence means something: a reference never does. */
  answers: boolean;
}

/** Notices and questions of one IPCP. */
export class Presence<Peer extends Uint8Array> {
  /** By address. */
  readonly #stations = new Map<string, Station<Peer>>();
  readonly #checks = new Map<ShimFlow<Peer>, Check>();
  readonly #unanswered: UnansweredFlows<ShimFlow<Peer>>;

  constructor(private readonly context: PresenceContext<Peer>) {
    this.#unanswered = new UnansweredFlows(
      (delay, run) => context.after(delay, run),
      (flow) => this.#check(flow),
    );
  }

  /** A flow is up. One that has the same other end is of a peer that was made anew. */
  opened(flow: ShimFlow<Peer>): void {
    this.#unanswered.opened(flow);
    const key = flow.peer.toHex();
    let station = this.#stations.get(key);
    if (!station) {
      station = { flows: new Map(), sought: -Infinity, replaced: -Infinity, sampled: false, answers: false };
      this.#stations.set(key, station);
    }
    const others = station.flows.get(flow.peerId);
    for (const other of others ?? []) this.#check(other);
    station.flows.set(flow.peerId, [...others ?? [], flow]);
    if (flow.name !== undefined && !station.answers) this.#meet(flow, station);
  }

  /** A flow that was up is no more. */
  closed(flow: ShimFlow<Peer>): void {
    this.#unanswered.closed(flow);
    this.#end(flow);
    const key = flow.peer.toHex(), flows = this.#stations.get(key)?.flows;
    const left = flows?.get(flow.peerId)?.filter((one) => one !== flow) ?? [];
    if (left.length > 0) flows?.set(flow.peerId, left);
    else flows?.delete(flow.peerId);
    if (flows?.size === 0) this.#stations.delete(key);
  }

  /** The network carries again: peers may have changed meanwhile. */
  resumed(): void {
    for (const { flows } of this.#stations.values()) {
      for (const [flow] of flows.values()) {
        this.#check(flow);
        break;
      }
    }
  }

  /**
   * Somebody says that it had the address that a peer has.
   *
   * @param by who, for people
   */
  replaced(peer: Peer, by: string): void {
    const station = this.#stations.get(peer.toHex());
    const now = this.context.ports.clock.now();
    if (!station?.answers || now - station.replaced < REPLACED) return;
    station.replaced = now;
    station.sampled = true;
    const reason = `the other end is silent, and ${by} says that it had its address before`;
    let samples = 0;
    for (const flows of station.flows.values()) {
      for (const flow of flows) {
        this.#check(flow, { reason, put: ++samples <= SAMPLES ? undefined : null });
      }
    }
  }

  /** Tells whoever has sent a packet that the end is not there, or not for it. @param to valid during the call only */
  notice(id: number, to: Peer): void {
    if (this.context.peers.notice(to.toHex())) this.#send({ code: "absent", destination: id }, copyOf(to));
  }

  /** A notice came: flows to that end are checked. */
  noticed(id: number, from: Peer): void {
    const flows = this.#stations.get(from.toHex())?.flows.get(id);
    if (!flows) return void this.context.dropped.strayNotice++;
    if (!this.#mayAnswer(from)) return;
    for (const flow of flows) this.#check(flow);
  }

  /** A peer asks whether the other end of its flow is here. */
  asked({ source, destination }: ShimCheck, from: Peer): void {
    if (!this.#mayAnswer(from)) return;
    const flow = this.context.endpoints.find(destination);
    const known = flow !== undefined && isAlive(flow) &&
      (flow.state === "requested" || flow.peerId === source);
    const here = known && sameBytes(flow.peer, from);
    const ends = { source: destination, destination: source };
    this.#send({ code: here ? "present" : "deallocate", ...ends }, copyOf(from));
    if (here) this.heardFrom(from);
    if (known && !here && flow.state === "up") {
      this.#check(flow, { reason: "the other end sends from another address now" });
    }
  }

  /** The other end of a flow is there. */
  answered({ source, destination }: ShimPresent, from: Peer): void {
    const flow = this.context.endpoints.find(destination);
    if (flow?.peerId !== source || !sameBytes(flow.peer, from) || !this.#checks.has(flow)) {
      return void this.context.dropped.strayNotice++;
    }
    this.#end(flow);
    this.heardFrom(from);
  }

  /** A peer has answered: it is where it was, and its flows that others stand for are not asked about any more. */
  heardFrom(peer: Peer): void {
    const station = this.#stations.get(peer.toHex());
    if (!station) return;
    station.answers = true;
    if (!station.sampled) return;
    station.sampled = false;
    for (const flows of station.flows.values()) {
      for (const flow of flows) if (this.#checks.get(flow)?.put === undefined) this.#end(flow);
    }
  }

  /** Is there a doubt whether the other end of the flow is there? */
  doubts(flow: ShimFlow<Peer>): boolean {
    return this.#checks.has(flow);
  }

  #mayAnswer(from: Peer): boolean {
    if (this.context.peers.answer(from.toHex())) return true;
    this.context.dropped.answerLimit++;
    return false;
  }

  /**
   * Asks the other end of a flow that is up, until it answers that it is there, or sends something.
   *
   * @param reason why silence ends the flow
   * @param put asks in another way
   */
  ask(flow: ShimFlow<Peer>, reason: string, put: () => void): void {
    this.#end(flow);
    this.#check(flow, { reason, put });
  }

  /** Asks a peer once, to know whether it answers questions: it learns the same of this IPCP. */
  #meet(flow: ShimFlow<Peer>, station: Station<Peer>): void {
    this.context.after(MEETING, () => {
      if (flow.state === "up" && !station.answers) this.#check(flow, { round: WAITS.length - 1 });
    });
  }

  /** @param put left out: in the usual way; null: not at all, as other flows of the peer stand for it */
  #check(
    flow: ShimFlow<Peer>,
    { reason, put, round = 0 }: { reason?: string; put?: (() => void) | null; round?: number } = {},
  ): void {
    const before = this.#checks.get(flow);
    if (before) return void (before.reason ??= reason);
    const check: Check = {
      round,
      heard: heardOf(flow),
      reason,
      put: put === null ? undefined : put ?? ((check) => this.#put(flow, check)),
      timer: undefined,
    };
    this.#checks.set(flow, check);
    this.#ask(flow, check);
  }

  #ask(flow: ShimFlow<Peer>, check: Check): void {
    // What has come from there answers the question, too.
    if (heardOf(flow) > check.heard) return this.#end(flow);
    const wait = WAITS[check.round];
    if (wait === undefined) {
      this.#end(flow);
      if (check.reason !== undefined) this.context.lose(flow, check.reason);
      return;
    }
    check.timer = this.context.after(wait, () => this.#ask(flow, check));
    check.put?.(check);
    check.round++;
  }

  #put(flow: ShimFlow<Peer>, { round, reason }: Check): void {
    this.#send({ code: "check", source: flow.id, destination: flow.peerId }, flow.peer);
    if (round < ELSEWHERE || reason !== undefined) return;
    this.#seek(flow.peer);
    if (round === ELSEWHERE && flow.name !== undefined) this.#askForName(flow, flow.name);
  }

  #seek(peer: Peer): void {
    const station = this.#stations.get(peer.toHex());
    const now = this.context.ports.clock.now();
    if (!station || now - station.sought < SEEK) return;
    station.sought = now;
    this.context.link.seek?.(peer);
  }

  /** Asks who has the name of a flow, unless others had it, too: that they still have it means nothing. */
  #askForName(flow: ShimFlow<Peer>, name: NameHash): void {
    const { directory } = this.context;
    const isPeer = (peer: Peer) => sameBytes(peer, flow.peer);
    if (!this.#stations.get(flow.peer.toHex())?.answers) return;
    if (!directory.find(name).every(isPeer)) return;
    directory.remove(name, flow.peer);
    this.context.resolve(name, (outcome) => {
      const check = this.#checks.get(flow);
      if (!check || !outcome.ok || outcome.value.length === 0 || outcome.value.some(isPeer)) return;
      check.reason ??= "the other end is silent, and its name is at another address now";
    });
  }

  #end(flow: ShimFlow<Peer>): void {
    this.#checks.get(flow)?.timer?.cancel();
    this.#checks.delete(flow);
  }

  #send(message: ShimMessage, to: Peer): void {
    try {
      this.context.link.send(message, to);
    } catch (thrown) {
      this.context.log.debug(`A ${message.code} was not sent: ${asOuroError(thrown).message}`);
    }
  }
}

const isAlive = ({ state }: ShimFlow<Uint8Array>): boolean =>
  state === "up" || state === "requested" || state === "offered";
