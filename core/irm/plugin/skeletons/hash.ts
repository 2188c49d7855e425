/**
 * A hash function for the names in a layer: 64 bits of FNV-1a.
 *
 * @module
 */
import type { Plugin } from "../../../contract/author_types.ts";

const PRIME = 0x100000001b3n;

const plugin: Plugin<"hash"> = {
  kind: "hash",
  name: "FNV1A_64",
  apiVersion: 1,
  version: "1.0.0",
  description: "FNV-1a with 64 bits; not fit against attackers",
  options: [],
  create: () => ({
    length: 8,
    digest(bytes) {
      let hash = 0xcbf29ce484222325n;
      for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
      const digest = new Uint8Array(8);
      new DataView(digest.buffer).setBigUint64(0, hash);
      return digest;
    },
  }),
};

export default plugin;
