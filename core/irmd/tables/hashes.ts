/**
 * Hashes of names, as layers know them.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { type NameHash, nameHash } from "../../contract/ids.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { AskedHash } from "./machine.ts";
import type { Name } from "./names.ts";

/** Hashes kept for each function; more begin anew. */
const KEPT = 4096;

/** Computes hashes of names and keeps them. */
export class NameHashes {
  readonly #find: (name: string) => AskedHash;
  readonly #kept = new Map<string, Map<string, NameHash>>();
  readonly #encoder = new TextEncoder();

  /** @param find gives the hash function of a name, or throws a PluginError */
  constructor(find: (name: string) => AskedHash) {
    this.#find = find;
  }

  /** Gives the hash of `name` with the hash function called `hash`, or why there is none: at once where it is known or built in. */
  of(name: string, hash: string, done: Done<NameHash>): void {
    let kept = this.#kept.get(hash);
    if (!kept) this.#kept.set(hash, kept = new Map());
    const known = kept.get(name);
    if (known !== undefined) return done(success(known));
    const keep = kept;
    const answer: Done<Uint8Array> = (outcome) => {
      if (!outcome.ok) return done(outcome);
      const digest = nameHash(outcome.value.toHex());
      if (keep.size >= KEPT) keep.clear();
      keep.set(name, digest);
      done(success(digest));
    };
    let found: AskedHash;
    try {
      found = this.#find(hash);
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    found.digest(this.#encoder.encode(name), answer);
  }

  /** Finds the name that has this hash. */
  find(names: Iterable<Name>, hash: string, wanted: NameHash, done: (name: Name | undefined) => void): void {
    let found: Name | undefined;
    let left = 1;
    const one = () => {
      if (--left === 0) done(found);
    };
    for (const name of names) {
      left++;
      this.of(name.name, hash, (outcome) => {
        if (outcome.ok && outcome.value === wanted) found ??= name;
        one();
      });
      if (found) break;
    }
    one();
  }
}
