/**
 * How many messages a second each peer may send: a bucket of tokens per peer, for the peers heard of last.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";

interface Bucket {
  tokens: number;
  filled: number;
}

const MAX_PEERS = 128;

/**
 * Limits the rate of each peer.
 *
 * @example
 * ```ts
 * import { address } from "../../../core/contract/ids.ts";
 * import { RateLimit } from "./rate_limit.ts";
 * import assert from "node:assert/strict";
 * const limit = new RateLimit(1000, 2);
 * const peer = address(1);
 * assert.deepEqual([0, 0, 0, 1].map((now) => limit.admits(peer, now)), [true, true, false, true]);
 * ```
 */
export class RateLimit {
  readonly #perMillisecond: number;
  readonly #burst: number;
  readonly #peers = new Map<Address, Bucket>();

  /**
   * @param rate messages a second
   * @param burst messages at once
   */
  constructor(rate: number, burst: number) {
    this.#perMillisecond = rate / 1000;
    this.#burst = burst;
  }

  /** Whether one more message of this peer is admitted now (milliseconds of the clock). */
  admits(peer: Address, now: number): boolean {
    const bucket = this.#peers.get(peer) ?? this.#add(peer, now);
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (now - bucket.filled) * this.#perMillisecond);
    bucket.filled = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #add(peer: Address, now: number): Bucket {
    const bucket = { tokens: this.#burst, filled: now };
    this.#peers.set(peer, bucket);
    if (this.#peers.size > MAX_PEERS) this.#forget(now);
    return bucket;
  }

  /** Those that have had time to fill their buckets again need none; if there is none such, the first goes. */
  #forget(now: number): void {
    const full = now - this.#burst / this.#perMillisecond;
    for (const [peer, { filled }] of this.#peers) if (filled <= full) this.#peers.delete(peer);
    for (const first of this.#peers.keys()) {
      if (this.#peers.size > MAX_PEERS) this.#peers.delete(first);
    }
  }
}
