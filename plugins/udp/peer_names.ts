/**
 * Asks the configured peers who has registered a name. A question is repeated, since datagrams are lost; an answer counts when
 * it comes from a peer and repeats the random number of the question.
 *
 * @module
 */
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { type Done, success } from "../../core/contract/outcome.ts";
import type { Random, Timer, Timers } from "../../core/contract/ports.ts";
import type { UdpAnswer, UdpQuery } from "./udp_management.ts";
import { sameBytes } from "../../core/kit/bytes.ts";
import type { PeerHosts } from "./peer_hosts.ts";

/** Milliseconds between questions and after the last; the IRMd waits for 200 ms, what comes later serves the next attempt. */
const WAITS = [60, 100, 840];
/** Names that are asked for at a time. */
const MAX_ASKED = 1024;
/** Peers that are asked for their kind at a time. */
const MAX_RECOGNISING = 256;

interface Question {
  readonly hash: NameHash;
  readonly nonce: number;
  readonly done: Done<readonly UdpEndpoint[]>;
  round: number;
  timer: Timer | undefined;
}

interface Recognising {
  readonly hash: NameHash;
  readonly to: UdpEndpoint;
  readonly ours: () => void;
}

/** Sends a question. */
export type SendQuery = (query: UdpQuery, to: UdpEndpoint) => void;

/** Names that peers have. */
export class PeerNames {
  /** By nonce. */
  readonly #asked = new Map<number, Question>();
  /** By nonce: peers that are asked whether they are of our kind. */
  readonly #recognising = new BoundedMap<number, Recognising>(MAX_RECOGNISING);

  constructor(
    private readonly ports: { readonly timers: Timers; readonly random: Random },
    private readonly hosts: PeerHosts,
    private readonly send: SendQuery,
  ) {
    hosts.onFound = (endpoint) => {
      for (const question of this.#asked.values()) this.#put(question, endpoint);
    };
  }

  /** Asks all peers; gives the first that has the hash, or an empty list. */
  ask(hash: NameHash, done: Done<readonly UdpEndpoint[]>): void {
    if (this.hosts.size === 0 || this.#asked.size >= MAX_ASKED) return done(success([]));
    const question: Question = { hash, nonce: this.#freshNonce(), done, round: 0, timer: undefined };
    this.#asked.set(question.nonce, question);
    this.#next(question);
  }

  /** An answer came. False: nobody has asked that peer for it. */
  answered({ hash, nonce }: UdpAnswer, from: UdpEndpoint): boolean {
    const recognising = this.#recognising.get(nonce);
    if (recognising) {
      if (recognising.hash !== hash || !sameBytes(recognising.to, from)) return false;
      this.#recognising.delete(nonce);
      recognising.ours();
      return true;
    }
    const question = this.#asked.get(nonce);
    if (question?.hash !== hash) return false;
    if (!this.hosts.endpoints().some((endpoint) => sameBytes(endpoint, from))) return false;
    this.#end(question, [from.slice() as UdpEndpoint]);
    return true;
  }

  /** Asks a peer, configured or not, for a hash that it has: only those of our kind answer. */
  recognise(hash: NameHash, to: UdpEndpoint, ours: () => void): void {
    const nonce = this.#freshNonce();
    this.#recognising.set(nonce, { hash, to, ours });
    this.send({ code: "query", hash, nonce }, to);
  }

  /** Asks no more. */
  shutdown(): void {
    for (const { timer } of this.#asked.values()) timer?.cancel();
    this.#asked.clear();
    this.#recognising.clear();
  }

  #next(question: Question): void {
    const wait = WAITS[question.round++];
    if (wait === undefined) return this.#end(question, []);
    question.timer = this.ports.timers.after(wait, () => this.#next(question));
    for (const endpoint of this.hosts.endpoints()) this.#put(question, endpoint);
  }

  #put({ hash, nonce }: Question, to: UdpEndpoint): void {
    this.send({ code: "query", hash, nonce }, to);
  }

  #end(question: Question, found: readonly UdpEndpoint[]): void {
    question.timer?.cancel();
    this.#asked.delete(question.nonce);
    question.done(success(found));
  }

  #freshNonce(): number {
    for (;;) {
      const nonce = this.ports.random.uint32();
      if (!this.#asked.has(nonce) && !this.#recognising.has(nonce)) return nonce;
    }
  }
}
