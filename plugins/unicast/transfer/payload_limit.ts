/**
 * The largest payload that every N-1 flow of data transfer carries.
 *
 * @module
 */
import type { LowerFlow } from "../../../core/contract/ipcp.ts";
import { DATA_TRANSFER_HEADER_BYTES } from "../wire/data_transfer_header.ts";

/**
 * Bytes of a payload at most, whatever the N-1 flows carry: a larger one would hold up those behind it for long, and no network
 * carries more in one piece.
 */
export const MAX_PAYLOAD = 65_536;

/** Keeps the largest payload up to date. */
export class PayloadLimit {
  #bytes: number | undefined;
  #changed: (bytes: number) => void = () => {};

  /** The largest payload in bytes; undefined before there is the first flow. Without flows: that of the last ones. */
  get bytes(): number | undefined {
    return this.#bytes;
  }

  /** `changed` is told the largest payload, now if there is one and whenever it changes. */
  watch(changed: (bytes: number) => void): void {
    this.#changed = changed;
    if (this.#bytes !== undefined) changed(this.#bytes);
  }

  /** The flows, or what they carry, may have changed. */
  update(flows: Iterable<Pick<LowerFlow, "maxPacket">>): void {
    let smallest = Infinity;
    for (const { maxPacket } of flows) smallest = Math.min(smallest, maxPacket);
    if (smallest === Infinity) return;
    const bytes = Math.min(Math.max(0, smallest - DATA_TRANSFER_HEADER_BYTES), MAX_PAYLOAD);
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#changed(bytes);
  }
}
