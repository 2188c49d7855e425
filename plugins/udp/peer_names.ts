/**
 * Asks the configured peers who has registered a name. A question is repeated, since datagrams are lost; an answer counts when
 * it comes from a peer and repeats the random number of the question.
 *
 * @module
 */
import { ExhaustedError, TimedOutError } from "../../core/contract/errors.ts";
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { UdpEndpoint } from "../../core/contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Clock, Random, Timers } from "../../core/contract/ports.ts";
import { AnswerTimes, NameQuestion } from "../../core/ipcp/shim/name_question.ts";
import type { UdpAnswer, UdpQuery, UdpUnknown } from "./udp_management.ts";
import { sameBytes } from "../../core/kit/bytes.ts";
import type { PeerHost, PeerHosts } from "./peer_hosts.ts";

/** Names that are asked for at a time. */
const MAX_ASKED = 1024;
/** Peers that are asked for their kind at a time. */
const MAX_RECOGNISING = 256;

interface Question {
  readonly hash: NameHash;
  readonly nonce: number;
  readonly asked: number;
  readonly done: Done<readonly UdpEndpoint[]>;
  /** Peers that do not have the name. */
  readonly denied: Set<PeerHost>;
  asking: NameQuestion | undefined;
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
  /** How long answers of peers take. */
  readonly times = new AnswerTimes();

  constructor(
    private readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly random: Random },
    private readonly hosts: PeerHosts,
    private readonly send: SendQuery,
  ) {
    hosts.onFound = (endpoints) => {
      for (const question of this.#asked.values()) this.#put(question, endpoints);
    };
  }

  /** Returns how many peers there are. */
  get size(): number {
    return this.hosts.size;
  }

  /**
   * Asks all peers at all their addresses; gives the first that has the hash, or an empty list when all say that they do not
   * have it. A failure: nobody has it, and some have not answered.
   */
  ask(hash: NameHash, done: Done<readonly UdpEndpoint[]>): void {
    if (this.hosts.size === 0) return done(success([]));
    if (this.#asked.size >= MAX_ASKED) {
      return done(failure(new ExhaustedError(`${MAX_ASKED} names are being looked for already`)));
    }
    const { clock, timers } = this.ports;
    const nonce = this.#freshNonce();
    const question: Question = {
      hash,
      nonce,
      asked: clock.now(),
      done,
      denied: new Set(),
      asking: undefined,
    };
    this.#asked.set(nonce, question);
    const put = () => this.#put(question, this.hosts.endpoints());
    const { silence } = this.times;
    question.asking = new NameQuestion(timers, put, silence, () => this.#nobody(question));
    put();
  }

  /** An answer came. False: nobody has asked that peer for it. */
  answered({ code, hash, nonce }: UdpAnswer | UdpUnknown, from: UdpEndpoint): boolean {
    const recognising = this.#recognising.get(nonce);
    if (recognising) {
      if (recognising.hash !== hash || !sameBytes(recognising.to, from)) return false;
      this.#recognising.delete(nonce);
      recognising.ours();
      return true;
    }
    const question = this.#asked.get(nonce);
    const host = question?.hash === hash ? this.hosts.at(from) : undefined;
    if (!question || !host) return false;
    this.times.note(from.toHex(), this.ports.clock.now() - question.asked);
    if (code === "answer") this.#end(question, success([from.slice() as UdpEndpoint]));
    else {
      question.denied.add(host);
      if (!this.hosts.list().some((one) => one.askable && !question.denied.has(one))) this.#nobody(question);
    }
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
    for (const { asking } of this.#asked.values()) asking?.end();
    this.#asked.clear();
    this.#recognising.clear();
  }

  #put({ hash, nonce }: Question, endpoints: readonly UdpEndpoint[]): void {
    for (const to of endpoints) this.send({ code: "query", hash, nonce }, to);
  }

  #nobody(question: Question): void {
    const silent = this.hosts.list().filter((host) => !question.denied.has(host));
    const time = this.ports.clock.now() - question.asked;
    const words = silent.map(({ host }) => host).join(", ");
    this.#end(
      question,
      silent.length === 0
        ? success([])
        : failure(new TimedOutError(`peer ${words} did not answer within ${Math.round(time)} ms`)),
    );
  }

  #end(question: Question, outcome: Outcome<readonly UdpEndpoint[]>): void {
    question.asking?.end();
    this.#asked.delete(question.nonce);
    question.done(outcome);
  }

  #freshNonce(): number {
    for (;;) {
      const nonce = this.ports.random.uint32();
      if (!this.#asked.has(nonce) && !this.#recognising.has(nonce)) return nonce;
    }
  }
}
