/**
 * What peers may ask of this IPCP: anybody on the network can send requests, under any address, so each peer has a share, and
 * peers without a flow have one together.
 *
 * @module
 */
import type { Stats } from "../../contract/stats.ts";
import type { Clock } from "../../contract/ports.ts";
import { TokenBucket } from "../../kit/token_bucket.ts";

/** Peers that are known at most; idle ones are forgotten. */
const MAX_PEERS = 4096;
/** Peers that are looked at to find an idle one. */
const MAX_LOOKS = 64;
/** Requests that may wait for their answer: of one peer, of peers without a flow, of all. */
const MAX_PENDING = { peer: 256, strangers: 768, all: 1024 };
/** Requests a second: of one peer, of peers without a flow. */
const REQUESTS = { peer: { rate: 2000, burst: 1000 }, strangers: { rate: 4000, burst: 2000 } };
/** Answers to queries a second: to one peer, to peers without a flow. */
const ANSWERS = { peer: { rate: 1000, burst: 200 }, strangers: { rate: 5000, burst: 1000 } };
/** Notices a second that an end is not there: to one peer, to all. A reference writes a line in its log for each. */
const NOTICES = { peer: { rate: 10, burst: 256 }, all: { rate: 2000, burst: 1000 } };
/** Bytes a second beyond what a peer has sent, before it has proved to be there: to one peer, to all. */
const EXTRA = { peer: { rate: 16_384, burst: 32_768 }, all: { rate: 262_144, burst: 262_144 } };

interface Peer {
  pending: number;
  flows: number;
  readonly requests: TokenBucket;
  readonly answers: TokenBucket;
  readonly notices: TokenBucket;
  readonly extra: TokenBucket;
}

/** The peers, by their addresses as text. */
export class Peers {
  /** Those that were heard of long ago first. */
  readonly #peers = new Map<string, Peer>();
  readonly #requests = new TokenBucket(REQUESTS.strangers);
  readonly #answers = new TokenBucket(ANSWERS.strangers);
  readonly #notices = new TokenBucket(NOTICES.all);
  readonly #extra = new TokenBucket(EXTRA.all);
  #pending = 0;

  constructor(private readonly clock: Clock) {}

  /** May the peer ask for a flow now? If so, the request waits until {@link answered}. */
  request(key: string): boolean {
    const peer = this.#peer(key);
    if (!peer || peer.pending >= MAX_PENDING.peer) return false;
    const now = this.clock.now();
    const stranger = peer.flows === 0;
    if (this.#pending >= (stranger ? MAX_PENDING.strangers : MAX_PENDING.all)) return false;
    if (!peer.requests.take(now) || (stranger && !this.#requests.take(now))) return false;
    peer.pending++;
    this.#pending++;
    return true;
  }

  /** A request does not wait any more. */
  answered(key: string): void {
    this.#pending--;
    const peer = this.#peers.get(key);
    if (peer) peer.pending--;
  }

  /** May the same request be answered once more? */
  repeat(key: string): boolean {
    return this.#peer(key)?.requests.take(this.clock.now()) ?? false;
  }

  /** May a query of the peer be answered? */
  answer(key: string): boolean {
    const peer = this.#peer(key);
    if (!peer) return false;
    const now = this.clock.now();
    return peer.answers.take(now) && (peer.flows > 0 || this.#answers.take(now));
  }

  /** May the peer be told that an end is not there? */
  notice(key: string): boolean {
    const peer = this.#peer(key);
    if (!peer) return false;
    const now = this.clock.now();
    return peer.notices.take(now) && (peer.flows > 0 || this.#notices.take(now));
  }

  /** May so many bytes be sent to the peer, which it has not earned? */
  extra(key: string, bytes: number): boolean {
    const peer = this.#peer(key);
    if (!peer) return false;
    const now = this.clock.now();
    return peer.extra.take(now, bytes) && this.#extra.take(now, bytes);
  }

  /** A flow with the peer is up. */
  flowUp(key: string): void {
    const peer = this.#peer(key);
    if (peer) peer.flows++;
  }

  /** A flow that was up is no more. */
  flowDown(key: string): void {
    const peer = this.#peers.get(key);
    if (peer && peer.flows > 0) peer.flows--;
  }

  /** How many there are. */
  stats(): Stats {
    return { known: this.#peers.size, waitingRequests: this.#pending };
  }

  /** Undefined: there are too many that are busy. */
  #peer(key: string): Peer | undefined {
    let peer = this.#peers.get(key);
    if (peer) this.#peers.delete(key);
    else if (this.#peers.size >= MAX_PEERS && !this.#forgetOne()) return undefined;
    peer ??= {
      pending: 0,
      flows: 0,
      requests: new TokenBucket(REQUESTS.peer),
      answers: new TokenBucket(ANSWERS.peer),
      notices: new TokenBucket(NOTICES.peer),
      extra: new TokenBucket(EXTRA.peer),
    };
    this.#peers.set(key, peer);
    return peer;
  }

  /** Forgets an idle peer that was heard of long ago; false: those that were looked at are busy. */
  #forgetOne(): boolean {
    let looks = MAX_LOOKS;
    for (const [key, peer] of this.#peers) {
      this.#peers.delete(key);
      if (peer.pending === 0 && peer.flows === 0) return true;
      this.#peers.set(key, peer);
      if (--looks === 0) return false;
    }
    return false;
  }
}
