/**
 * Updates that go together: a packet costs more than what is in it. Members of release 0.23.0 drop what is longer than one update, so
 * only a neighbour that has sent such a packet itself is sent any. The first one is a greeting: zeros, of the greatest length, so that it
 * also shows that the path carries it.
 *
 * @module
 */
import { LINK_STATE_UPDATE_BYTES } from "../link_state_update.ts";

/** Most updates in a packet. Every path that carries IPv4 carries so many bytes. */
export const MOST_TOGETHER = 20;

/** A greeting. */
export const GREETING = new Uint8Array(MOST_TOGETHER * LINK_STATE_UPDATE_BYTES);

/** Room for the updates of one packet, which is sent before others write into it. */
export class PackRoom {
  readonly #bytes = new Uint8Array(GREETING.length);
  /** The parts for one update. */
  readonly #parts: readonly Uint8Array[];
  /** The first parts together, by their number. */
  readonly #packets: readonly Uint8Array[];

  constructor() {
    const numbers = Array.from(
      { length: MOST_TOGETHER + 1 },
      (_, number) => number * LINK_STATE_UPDATE_BYTES,
    );
    this.#packets = numbers.map((end) => this.#bytes.subarray(0, end));
    this.#parts = numbers.slice(1).map((end, part) => this.#bytes.subarray(numbers[part], end));
  }

  /** The room for update `number`, from 0 on. */
  part(number: number): Uint8Array {
    return this.#parts[number];
  }

  /** The packet that the first `count` of them make. */
  packet(count: number): Uint8Array {
    return this.#packets[count];
  }
}

/** Returns whether a message may be updates that go together. */
export const isPack = ({ length }: Uint8Array): boolean =>
  length > LINK_STATE_UPDATE_BYTES && length % LINK_STATE_UPDATE_BYTES === 0;

/** Returns whether nothing stands where an update may stand: that is how a greeting is filled. */
export function isEmpty(message: Uint8Array, at: number): boolean {
  for (let byte = at; byte < at + LINK_STATE_UPDATE_BYTES; byte++) if (message[byte] !== 0) return false;
  return true;
}
