/**
 * The SHA-3 hash functions, by the runtime's own code.
 *
 * @module
 */
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import { SHA3_224, SHA3_256, SHA3_384, SHA3_512 } from "./declarations.ts";
import { runtimeHash } from "./runtime_hash.ts";

const sha3 = (declaration: PluginDeclaration<"hash">, bits: number): Plugin<"hash"> =>
  runtimeHash(declaration, `sha3-${bits}`, bits / 8);

/** SHA-3 with 224 bits. */
export const sha3With224 = sha3(SHA3_224, 224);
/** SHA-3 with 256 bits. */
export const sha3With256 = sha3(SHA3_256, 256);
/** SHA-3 with 384 bits. */
export const sha3With384 = sha3(SHA3_384, 384);
/** SHA-3 with 512 bits. */
export const sha3With512 = sha3(SHA3_512, 512);
