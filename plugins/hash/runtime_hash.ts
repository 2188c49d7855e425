/**
 * The hash functions of layers, by the runtime's own code: SHA-3, and MD5 for layers over UDP, where it is no protection against
 * anybody, but what the reference sets.
 *
 * @module
 */
import type { createHash } from "node:crypto";
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import type { HashFunction } from "../../core/contract/policies/small_policies.ts";
import { MD5, SHA3_224, SHA3_256, SHA3_384, SHA3_512 } from "./declarations.ts";

let loaded: typeof createHash | undefined;

/** Loads the runtime's code at the first digest: an IPCP that only asks for the length does not pay for it. */
function hashing(): typeof createHash {
  // deno-lint-ignore no-process-global -- importing node:process costs what is saved here
  return loaded ??= process.getBuiltinModule("node:crypto").createHash;
}

/**
 * Makes a plugin of one of the runtime's algorithms.
 *
 * @param algorithm the runtime's word for it
 * @param length bytes of a digest
 */
function runtimeHash(
  declaration: PluginDeclaration<"hash">,
  algorithm: string,
  length: number,
): Plugin<"hash"> {
  const instance: HashFunction = {
    length,
    digest: (bytes) => new Uint8Array(hashing()(algorithm).update(bytes).digest()),
  };
  return { ...declaration, create: () => instance };
}

/** SHA-3 with 224 bits. */
export const sha3With224: Plugin<"hash"> = runtimeHash(SHA3_224, "sha3-224", 28);
/** SHA-3 with 256 bits. */
export const sha3With256: Plugin<"hash"> = runtimeHash(SHA3_256, "sha3-256", 32);
/** SHA-3 with 384 bits. */
export const sha3With384: Plugin<"hash"> = runtimeHash(SHA3_384, "sha3-384", 48);
/** SHA-3 with 512 bits. */
export const sha3With512: Plugin<"hash"> = runtimeHash(SHA3_512, "sha3-512", 64);
/** MD5. */
export const md5: Plugin<"hash"> = runtimeHash(MD5, "md5", 16);
