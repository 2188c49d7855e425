/**
 * The SHA-3 hash functions, by the runtime's own code.
 *
 * @module
 */
import type { createHash } from "node:crypto";
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import type { HashFunction } from "../../core/contract/policies.ts";
import { SHA3_224, SHA3_256, SHA3_384, SHA3_512 } from "./declarations.ts";

let loaded: typeof createHash | undefined;

/** Loads the runtime's code at the first digest: an IPCP that only asks for the length does not pay for it. */
function hashing(): typeof createHash {
  // deno-lint-ignore no-process-global -- importing node:process costs what is saved here
  return loaded ??= process.getBuiltinModule("node:crypto").createHash;
}

function sha3(declaration: PluginDeclaration<"hash">, bits: number): Plugin<"hash"> {
  const algorithm = `sha3-${bits}`;
  const instance: HashFunction = {
    length: bits / 8,
    digest: (bytes) => new Uint8Array(hashing()(algorithm).update(bytes).digest()),
  };
  return { ...declaration, create: () => instance };
}

/** SHA-3 with 224 bits. */
export const sha3With224 = sha3(SHA3_224, 224);
/** SHA-3 with 256 bits. */
export const sha3With256 = sha3(SHA3_256, 256);
/** SHA-3 with 384 bits. */
export const sha3With384 = sha3(SHA3_384, 384);
/** SHA-3 with 512 bits. */
export const sha3With512 = sha3(SHA3_512, 512);
