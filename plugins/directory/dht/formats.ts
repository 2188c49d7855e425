/**
 * Messages of the directory in words.
 *
 * @module
 */
import { ProtocolError } from "../../../core/contract/errors.ts";
import type { PacketFormats } from "../../../core/contract/formats.ts";
import { decodeDht, type DhtMessage } from "./dht_message.ts";

/** Lengths that hashes may have: no message says which it is. */
const HASH_BYTES = [32, 28, 48, 64];

const WORDS: Readonly<Record<DhtMessage["type"], string>> = {
  store: "store",
  findNode: "find node",
  findNodeReply: "find node reply",
  findValue: "find value",
  findValueReply: "find value reply",
};

/** The messages of the distributed hash table. */
export const dhtFormats: PacketFormats = {
  describe(place, message) {
    if (place !== "directory") return undefined;
    let fault: unknown;
    for (const length of HASH_BYTES) {
      try {
        const { type, key } = decodeDht(message, length);
        return `directory: ${WORDS[type]} ${key.subarray(0, 4).toHex()}…`;
      } catch (thrown) {
        if (!(thrown instanceof ProtocolError)) throw thrown;
        fault ??= thrown;
      }
    }
    throw fault;
  },
};
