/**
 * Tells copies of packets without ids, as members of the reference send them, from packets that were sent twice: by counting what comes
 * how often by which way.
 *
 * @module
 */
import type { Clock } from "../../core/contract/ports.ts";

/** Milliseconds after which a packet is forgotten: once at least, twice at most. */
const UNDER_WAY = 500;
/** Milliseconds after the last copy in which there counts as being a loop through members that know no ids. */
const LOOP_LASTS = 60_000;
/** Contents that are remembered at most in that time. */
const MOST = 8192;

/** By content, how often it came. */
type Counts = Map<number, number>;

/** A way by which packets come, each at most once: a flow, or a member that has given them their ids. */
export class Way {
  #young: Counts = new Map();
  #old: Counts = new Map();

  /** Returns whether nothing that came this way is remembered. */
  get empty(): boolean {
    return this.#young.size + this.#old.size === 0;
  }

  /** Returns how often the content came. */
  count(key: number): number {
    return (this.#young.get(key) ?? 0) + (this.#old.get(key) ?? 0);
  }

  /** It came once more: returns how often that makes. */
  add(key: number, times = 1): number {
    this.#young.set(key, (this.#young.get(key) ?? 0) + times);
    return this.count(key);
  }

  /** Returns how many contents came since the last turn. */
  get size(): number {
    return this.#young.size;
  }

  /** Forgets what came before the last turn. */
  turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}

/**
 * Counts packets by their content: of those that are the same, as many are new as came by the way by which the most came. A packet that
 * went round a loop comes by two ways, once each; one that was sent twice comes twice by each. Two members that send the same at the same
 * time cannot be told from a loop: one of the two packets counts.
 *
 * Where there is a loop, a packet that is slow on one of its ways may also come twice by the same one: a member without ids has sent on
 * what came back to it. Each round would be another packet, without end. So there the same content counts once.
 *
 * @example
 * ```ts
 * import { Copies, Way } from "./copies.ts";
 * import { VirtualTime } from "../../core/sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 * const copies = new Copies(new VirtualTime(), 1);
 * const [left, right] = [new Way(), new Way()];
 * const packet = Uint8Array.of(1, 2, 3);
 * assert.deepEqual([copies.arrived(left, packet), copies.arrived(left, packet)], [true, true]);
 * assert.deepEqual([copies.arrived(right, packet), copies.arrived(right, packet)], [false, false]);
 * ```
 */
export class Copies {
  /** How many of each content there were, whichever way they came. */
  readonly #known = new Way();
  /** How many of those came without an id of their own, and not with one since. */
  readonly #early = new Way();
  readonly #ways = new Set<Way>();
  readonly #sources = new Map<number, Way>();
  #since: number;
  /** When a copy came last. */
  #looped = -Infinity;

  /** @param salt a random number of 32 bits: nobody can find two contents that count as the same */
  constructor(private readonly clock: Clock, private readonly salt: number) {
    this.#since = clock.now();
  }

  /** A packet came by this way. False: it is a copy. */
  arrived(way: Way, content: Uint8Array): boolean {
    const key = this.#key(content);
    this.#ways.add(way);
    return this.#isNew(way, key);
  }

  /** A packet came to which the member with this address has given its id. False: it is a copy. */
  arrivedAt(source: number, content: Uint8Array): boolean {
    const key = this.#key(content);
    let way = this.#sources.get(source);
    if (!way) this.#sources.set(source, way = new Way());
    return this.#isNew(way, key);
  }

  /** A packet entered at this member. */
  entered(content: Uint8Array): void {
    this.#known.add(this.#key(content));
  }

  /** A packet came that got its id where it was made. False: it was faster on its way without an id, and is a copy. */
  isOriginal(content: Uint8Array): boolean {
    const key = this.#key(content);
    if (this.#early.count(key) > 0) {
      this.#early.add(key, -1);
      this.#looped = this.clock.now();
      return false;
    }
    this.#known.add(key);
    return true;
  }

  /** The way is gone. */
  forget(way: Way): void {
    this.#ways.delete(way);
  }

  #isNew(way: Way, key: number): boolean {
    const known = this.#known.count(key);
    const isCopy = way.add(key) <= known;
    if (isCopy || known > 0 && this.clock.now() - this.#looped < LOOP_LASTS) {
      this.#looped = this.clock.now();
      return false;
    }
    this.#known.add(key);
    this.#early.add(key);
    return true;
  }

  /** Returns a number of 52 bits that stands for the content. */
  #key(content: Uint8Array): number {
    const now = this.clock.now();
    const past = now - this.#since;
    if (past >= UNDER_WAY || this.#known.size >= MOST) this.#turn(now);
    // All that is remembered is older than that.
    if (past >= 2 * UNDER_WAY) this.#turn(now);
    let [low, high] = [this.salt ^ content.length, ~this.salt];
    for (let at = 0; at < content.length; at++) {
      low = Math.imul(low ^ content[at], 0x9e3779b1);
      high = Math.imul(high ^ content[at], 0x5f356495) + (low >>> 15);
    }
    return (high >>> 12) * 0x1_0000_0000 + ((low ^ high >>> 16) >>> 0);
  }

  #turn(now: number): void {
    this.#since = now;
    for (const way of [this.#known, this.#early, ...this.#ways, ...this.#sources.values()]) way.turn();
    for (const [source, way] of this.#sources) {
      if (way.empty) this.#sources.delete(source);
    }
  }
}
