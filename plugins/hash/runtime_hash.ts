/**
 * Hash functions that the runtime has code for.
 *
 * @module
 */
import type { createHash } from "node:crypto";
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import type { HashFunction } from "../../core/contract/policies/small_policies.ts";

let loaded: typeof createHash | undefined;

/** Loads the runtime's code at the first digest: an IPCP that only asks for the length does not pay for it. */
function hashing(): typeof createHash {
  // deno-lint-ignore no-process-global -- importing node:process costs what is saved here
  return loaded ??= process.getBuiltinModule("node:crypto").createHash;
}

/**
 * A plugin for one of the runtime's algorithms.
 *
 * @param algorithm the runtime's word for it
 * @param length bytes of a digest
 */
export function runtimeHash(
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
