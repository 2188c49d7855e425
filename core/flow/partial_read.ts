/**
 * Reads into a buffer of the caller, by the rules of the reference's `flow_read` as intended: a packet larger than the
 * buffer is read in parts; one that ends exactly with the buffer is followed by a read of 0 bytes, which marks its end.
 *
 * @module
 */
import { MessageSizeError } from "../contract/errors.ts";

/** What is left of a packet that was read in part. */
export class PartialRead {
  #rest: Uint8Array<ArrayBuffer> | undefined;

  /** A part, or an end marker, is to be read before the next packet. */
  get pending(): boolean {
    return this.#rest !== undefined;
  }

  /** Takes the rest out; undefined when there is none or it is only the end marker. */
  takeRest(): Uint8Array<ArrayBuffer> | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest?.length === 0 ? undefined : rest;
  }

  /** Reads the rest into `buffer`. */
  continue(buffer: Uint8Array): number {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest === undefined || rest.length === 0 ? 0 : this.start(rest, buffer);
  }

  /** Reads `packet`, which stays valid until the next one is taken, into `buffer`. */
  start(packet: Uint8Array<ArrayBuffer>, buffer: Uint8Array): number {
    if (packet.length < buffer.length) {
      buffer.set(packet);
      return packet.length;
    }
    buffer.set(packet.subarray(0, buffer.length));
    // An empty packet in an empty buffer is its own end marker.
    if (packet.length > 0) this.#rest = packet.subarray(buffer.length);
    return buffer.length;
  }

  /** Reads `packet` whole. @throws MessageSizeError when the buffer is too small; the packet is discarded */
  static whole(packet: Uint8Array, buffer: Uint8Array): number {
    if (packet.length > buffer.length) {
      throw new MessageSizeError(
        `a packet of ${packet.length} bytes does not fit the buffer of ${buffer.length} bytes; it was discarded`,
      );
    }
    buffer.set(packet);
    return packet.length;
  }
}
