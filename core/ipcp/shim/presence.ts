/**
 * Whether the other ends of flows are still there. A packet for an end that is not there, or not from its other end, is answered
 * with a notice of the id that it named. Whoever gets a notice does not believe it, since ids can be guessed, but asks the peer of
 * its flow with the ids of both ends; a peer without that flow answers with the deallocation. So flows to an IPCP that was made
 * anew, or that sees this one under another address, end after one round trip. The reference drops all of these messages.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Log, Timer } from "../../contract/ports.ts";
import { sameBytes } from "../../kit/bytes.ts";
import type { DropCounters } from "./counters.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import type { Peers } from "./peers.ts";
import type { ShimFlow } from "./shim_flow.ts";
import { copyOf, type ShimLink } from "./shim_link.ts";
import type { ShimCheck, ShimMessage, ShimPresent } from "./shim_message.ts";

/** Milliseconds to the next question whether an end is there, and after the last. */
const WAITS = [200, 400, 600, 700];

/** The ends of the IPCP, and how it reaches others. */
export interface PresenceContext<Peer extends Uint8Array> {
  readonly log: Log;
  readonly link: ShimLink<Peer>;
  readonly endpoints: EndpointTable<ShimFlow<Peer>>;
  readonly peers: Peers;
  readonly dropped: DropCounters;
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
  /** Asks. */
  readonly put: () => void;
  /** Why silence ends the flow; undefined: it means nothing. */
  reason: string | undefined;
  timer: Timer | undefined;
}

/** Notices and questions of one IPCP. */
export class Presence<Peer extends Uint8Array> {
  /** Flows that are up by peer and the id of their other end; more than one, when that was made anew. */
  readonly #flows = new Map<string, ShimFlow<Peer>[]>();
  readonly #checks = new Map<ShimFlow<Peer>, Check>();

  constructor(private readonly context: PresenceContext<Peer>) {}

  /** A flow is up. One that has the same other end is of a peer that was made anew. */
  opened(flow: ShimFlow<Peer>): void {
    const key = keyOf(flow.peer, flow.peerId);
    const others = this.#flows.get(key);
    if (!others) return void this.#flows.set(key, [flow]);
    for (const other of others) this.#check(other);
    others.push(flow);
  }

  /** A flow that was up is no more. */
  closed(flow: ShimFlow<Peer>): void {
    this.#end(flow);
    const key = keyOf(flow.peer, flow.peerId);
    const left = this.#flows.get(key)?.filter((one) => one !== flow) ?? [];
    if (left.length > 0) this.#flows.set(key, left);
    else this.#flows.delete(key);
  }

  /** Tells whoever has sent a packet that the end is not there, or not for it. @param to valid during the call only */
  notice(id: number, to: Peer): void {
    if (this.context.peers.notice(to.toHex())) this.#send({ code: "absent", destination: id }, copyOf(to));
  }

  /** A notice came: flows to that end are checked. */
  noticed(id: number, from: Peer): void {
    const flows = this.#flows.get(keyOf(from, id));
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
    if (known && !here && flow.state === "up") {
      this.#check(flow, "the other end sends from another address now");
    }
  }

  /** The other end of a flow is there. */
  answered({ source, destination }: ShimPresent, from: Peer): void {
    const flow = this.context.endpoints.find(destination);
    if (flow?.peerId === source && sameBytes(flow.peer, from) && this.#checks.has(flow)) this.#end(flow);
    else this.context.dropped.strayNotice++;
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
    this.#check(flow, reason, put);
  }

  #check(flow: ShimFlow<Peer>, reason?: string, put?: () => void): void {
    const before = this.#checks.get(flow);
    if (before) return void (before.reason ??= reason);
    const check: Check = {
      round: 0,
      heard: heardOf(flow),
      reason,
      put: put ??
        (() => this.#send({ code: "check", source: flow.id, destination: flow.peerId }, flow.peer)),
      timer: undefined,
    };
    this.#checks.set(flow, check);
    this.#ask(flow, check);
  }

  #ask(flow: ShimFlow<Peer>, check: Check): void {
    // What has come from there answers the question, too.
    if (heardOf(flow) > check.heard) return this.#end(flow);
    const wait = WAITS[check.round++];
    if (wait === undefined) {
      this.#end(flow);
      if (check.reason !== undefined) this.context.lose(flow, check.reason);
      return;
    }
    check.timer = this.context.after(wait, () => this.#ask(flow, check));
    check.put();
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

const keyOf = (peer: Uint8Array, id: number): string => `${peer.toHex()}/${id}`;

const heardOf = ({ received, notReceived }: ShimFlow<Uint8Array>): number => received + notReceived;

const isAlive = ({ state }: ShimFlow<Uint8Array>): boolean =>
  state === "up" || state === "requested" || state === "offered";
