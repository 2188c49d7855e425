/**
 * Which peers have registered a name, as far as this IPCP has heard.
 *
 * @module
 */
import type { NameHash } from "../../contract/ids.ts";
import type { Stats } from "../../contract/stats.ts";
import type { Clock } from "../../contract/ports.ts";
import { copyOf } from "./shim_link.ts";

/**
 * Milliseconds for which an entry holds after the peer last proved it, by an answer or by accepting a flow. Use alone does not
 * prolong it: a name that has moved is found again within this time, for one more query a minute.
 */
const LIFE = 60_000;
/** Entries in all, with one peer, for one hash. */
const MAX = { all: 4096, peer: 1024, hash: 4 };

interface Entry<Peer> {
  readonly hash: NameHash;
  readonly peer: Peer;
  readonly peerKey: string;
  expires: number;
}

/**
 * Peers by hash.
 *
 * @example
 * ```ts
 * import { ShimDirectory } from "./directory.ts";
 * import { VirtualTime } from "../../sim/virtual_time.ts";
 * import { nameHash } from "../../contract/ids.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const directory = new ShimDirectory<Uint8Array>(time);
 * directory.add(nameHash("ab"), Uint8Array.of(1));
 * assert.deepEqual(directory.find(nameHash("ab")), [Uint8Array.of(1)]);
 * time.advance(60_000);
 * assert.deepEqual(directory.find(nameHash("ab")), []);
 * ```
 */
export class ShimDirectory<Peer extends Uint8Array> {
  /** By hash and peer, the one that was proved longest ago first. */
  readonly #entries = new Map<string, Entry<Peer>>();
  /** By hash, the first that was heard of first. */
  readonly #byHash = new Map<NameHash, Entry<Peer>[]>();
  readonly #perPeer = new Map<string, number>();
  #full = 0;

  constructor(private readonly clock: Clock) {}

  /** The peers that have the hash, best first. */
  find(hash: NameHash): readonly Peer[] {
    this.#expire();
    return this.#byHash.get(hash)?.map(({ peer }) => peer) ?? [];
  }

  /** The peer has proved to have the hash. Its address is copied. */
  add(hash: NameHash, peer: Peer): void {
    this.#expire();
    const peerKey = peer.toHex();
    const key = `${hash}/${peerKey}`;
    const expires = this.clock.now() + LIFE;
    const old = this.#entries.get(key);
    if (old) {
      this.#entries.delete(key);
      this.#entries.set(key, old);
      old.expires = expires;
      return;
    }
    const count = this.#perPeer.get(peerKey) ?? 0;
    if (count >= MAX.peer || (this.#byHash.get(hash)?.length ?? 0) >= MAX.hash) {
      this.#full++;
      return;
    }
    if (this.#entries.size >= MAX.all) this.#removeFirst();
    const entry: Entry<Peer> = { hash, peer: copyOf(peer), peerKey, expires };
    this.#entries.set(key, entry);
    const others = this.#byHash.get(hash);
    if (others) others.push(entry);
    else this.#byHash.set(hash, [entry]);
    this.#perPeer.set(peerKey, (this.#perPeer.get(peerKey) ?? 0) + 1);
  }

  /** The peer does not have the hash, or does not answer. */
  remove(hash: NameHash, peer: Peer): void {
    const key = `${hash}/${peer.toHex()}`;
    const entry = this.#entries.get(key);
    if (entry) this.#remove(key, entry);
  }

  /** What was heard holds no more: the network may be another one. */
  clear(): void {
    this.#entries.clear();
    this.#byHash.clear();
    this.#perPeer.clear();
  }

  /** The peer, under this address, has no name any more. */
  forget(peer: Peer): void {
    const peerKey = peer.toHex();
    if (!this.#perPeer.has(peerKey)) return;
    for (const [key, entry] of this.#entries) if (entry.peerKey === peerKey) this.#remove(key, entry);
  }

  /** How many entries there are. */
  stats(): Stats {
    this.#expire();
    return { entries: this.#entries.size, notTaken: this.#full };
  }

  #expire(): void {
    const now = this.clock.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expires > now) return;
      this.#remove(key, entry);
    }
  }

  #removeFirst(): void {
    for (const [key, entry] of this.#entries) return this.#remove(key, entry);
  }

  #remove(key: string, entry: Entry<Peer>): void {
    this.#entries.delete(key);
    const left = this.#byHash.get(entry.hash)?.filter((one) => one !== entry) ?? [];
    if (left.length > 0) this.#byHash.set(entry.hash, left);
    else this.#byHash.delete(entry.hash);
    const count = (this.#perPeer.get(entry.peerKey) ?? 1) - 1;
    if (count > 0) this.#perPeer.set(entry.peerKey, count);
    else this.#perPeer.delete(entry.peerKey);
  }
}
