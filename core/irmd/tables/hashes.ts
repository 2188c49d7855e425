/**
 * Hashes of names, as layers know them.
 *
 * @module
 */
import { type NameHash, nameHash } from "../../contract/ids.ts";
import type { HashFunction } from "../../contract/policies/small_policies.ts";

/** Hashes kept for each function; more begin anew. */
const KEPT = 4096;

/** Computes hashes of names and keeps them. */
export class NameHashes {
  readonly #find: (name: string) => HashFunction;
  readonly #kept = new Map<string, Map<string, NameHash>>();
  readonly #encoder = new TextEncoder();

  /** @param find gives the hash function of a name, or throws a PluginError */
  constructor(find: (name: string) => HashFunction) {
    this.#find = find;
  }

  /** Returns the hash of `name` with the hash function called `hash`. @throws PluginError when there is no such function */
  of(name: string, hash: string): NameHash {
    let kept = this.#kept.get(hash);
    if (!kept) this.#kept.set(hash, kept = new Map());
    let digest = kept.get(name);
    if (digest === undefined) {
      digest = nameHash(this.#find(hash).digest(this.#encoder.encode(name)).toHex());
      if (kept.size >= KEPT) kept.clear();
      kept.set(name, digest);
    }
    return digest;
  }
}
