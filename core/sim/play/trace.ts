/**
 * A digest of all that is sent over links: two runs with the same digest were the same, packet for packet.
 *
 * @module
 */

/** Bytes of a packet that count. */
const BYTES = 32;

/**
 * A digest (FNV-1a, and one of its values) of when each packet was sent, by whom, how long it is, and its first bytes.
 *
 * @example
 * ```ts
 * import { Trace } from "./trace.ts";
 * import assert from "node:assert/strict";
 * const [one, other] = [new Trace(), new Trace()];
 * one.add(1.5, 0, Uint8Array.of(1), 1);
 * other.add(1.5, 0, Uint8Array.of(2), 1);
 * assert.notEqual(one.digest, other.digest);
 * ```
 */
export class Trace {
  #one = 0x811c9dc5;
  #other = 0x01000193;
  /** Packets so far. */
  packets = 0;

  /** Adds a packet. @param now milliseconds */
  add(now: number, node: number, start: Uint8Array, length: number): void {
    this.packets++;
    this.#mix(Math.round(now * 1e6) | 0);
    this.#mix(node);
    this.#mix(length);
    const end = start.length < BYTES ? start.length : BYTES;
    let digest = this.#one;
    for (let at = 0; at < end; at++) digest = Math.imul(digest ^ start[at], 0x01000193);
    this.#one = digest;
    this.#other = Math.imul((this.#other ^ digest) + 0x9e3779b9, 0x85ebca6b);
    this.#other ^= this.#other >>> 15;
  }

  /** Returns it, in hexadecimal. */
  get digest(): string {
    const text = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
    return text(this.#one) + text(this.#other);
  }

  #mix(value: number): void {
    this.#one = Math.imul(this.#one ^ value, 0x01000193);
  }
}
