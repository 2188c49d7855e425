/**
 * Nonces that count: 63 bits that belong to the flow and the direction, and 32 bits of counter (docs/wire-extensions.md). To
 * the reference they are as good as its random ones. Where both ends are ours, no packet is taken twice.
 *
 * @module
 */
import type { Random } from "../../contract/ports.ts";
import type { FlowRole } from "../../contract/security.ts";
import { digest, hkdf } from "../digests.ts";

const PREFIX_BYTES = 8;
const COUNTER_AT = 8;
/** The top bit of a nonce is the phase of the key. */
const PHASE = 0x80;

/** Returns the beginning of the nonces that one end sends. @param key the first key of the flow */
export function noncePrefix(key: Uint8Array, sender: FlowRole): Uint8Array<ArrayBuffer> {
  const info = new TextEncoder().encode(`ouro-nonce-${sender}`);
  const prefix = hkdf("sha256", key, digest("sha256", key), info, PREFIX_BYTES);
  prefix[0] &= ~PHASE;
  return prefix;
}

/** Returns whether a nonce begins with a prefix, whatever its phase. */
export function hasPrefix(nonce: Uint8Array, prefix: Uint8Array): boolean {
  if ((nonce[0] & ~PHASE) !== prefix[0]) return false;
  for (let at = 1; at < PREFIX_BYTES; at++) if (nonce[at] !== prefix[at]) return false;
  return true;
}

/** Returns the counter in a nonce. */
export const counterOf = (nonce: Uint8Array): number =>
  (nonce[COUNTER_AT] << 24) | (nonce[COUNTER_AT + 1] << 16) | (nonce[COUNTER_AT + 2] << 8) |
  nonce[COUNTER_AT + 3];

/** Makes the nonces of one end. */
export class NonceCounter {
  readonly #prefix: Uint8Array;
  #counter: number;

  /** The counter begins anywhere, so that a key that was used twice by mistake does not repeat nonces at once. */
  constructor(prefix: Uint8Array, random: Random) {
    this.#prefix = prefix;
    this.#counter = random.uint32();
  }

  /** Writes the next nonce of `length` bytes to the beginning of `out`. @param phase of the key: 0 or 1 */
  write(out: Uint8Array, length: number, phase: number): void {
    const prefix = this.#prefix;
    for (let at = 0; at < PREFIX_BYTES; at++) out[at] = prefix[at];
    out[0] |= phase << 7;
    const counter = this.#counter;
    out[COUNTER_AT] = counter >>> 24;
    out[COUNTER_AT + 1] = counter >>> 16;
    out[COUNTER_AT + 2] = counter >>> 8;
    out[COUNTER_AT + 3] = counter;
    // The counter of blocks of AES-CTR.
    for (let at = COUNTER_AT + 4; at < length; at++) out[at] = 0;
    this.#counter = (counter + 1) >>> 0;
  }
}

/** Remembers which of the last counters have come. */
export class CounterWindow {
  readonly #bits: Uint32Array;
  #top: number | undefined;

  /** @param size how far behind the highest a counter may come; a power of two, 32 at least */
  constructor(private readonly size = 4096) {
    this.#bits = new Uint32Array(size / 32);
  }

  /** Returns whether a counter has come before, or so long ago that nobody knows. */
  has(counter: number): boolean {
    if (this.#top === undefined) return false;
    const ahead = (counter - this.#top) | 0;
    if (ahead > 0) return false;
    return ahead <= -this.size || (this.#bits[this.#word(counter)] & (1 << (counter & 31))) !== 0;
  }

  /** Adds a counter that has come and that {@link has} did not know. */
  add(counter: number): void {
    const ahead = this.#top === undefined ? this.size : (counter - this.#top) | 0;
    if (ahead >= this.size) this.#bits.fill(0);
    else {
      for (let step = 1; step <= ahead; step++) {
        const place = counter - ahead + step;
        this.#bits[this.#word(place)] &= ~(1 << (place & 31));
      }
    }
    if (ahead > 0) this.#top = counter | 0;
    this.#bits[this.#word(counter)] |= 1 << (counter & 31);
  }

  #word(counter: number): number {
    return (counter & (this.size - 1)) >>> 5;
  }
}
