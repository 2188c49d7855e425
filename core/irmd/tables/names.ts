/**
 * The names that this host knows, and how the flows for each are shared.
 *
 * @module
 */
import { ExistsError, NameError } from "../../contract/errors.ts";
import type { Balancer } from "../../contract/policies/small_policies.ts";

import type { AskedBalancer } from "./machine.ts";

/** Security files of a name that stand in for those of the security folder, by the word of `irm name create` (`scrtpath`, …). */
export type SecurityPaths = Readonly<Record<string, string>>;

/** A name. */
export interface Name {
  readonly name: string;
  /** Name of the balancing policy. */
  readonly balancing: string;
  readonly balancer: Balancer | AskedBalancer;
  readonly paths: SecurityPaths;
}

/** All names. Bindings and registrations are kept elsewhere: they outlive a name that is destroyed. */
export class NameTable {
  readonly #names = new Map<string, Name>();

  /** Returns how many names there are. */
  get size(): number {
    return this.#names.size;
  }

  /** Returns the entry of a name. */
  get(name: string): Name | undefined {
    return this.#names.get(name);
  }

  /** Adds a name. @throws ExistsError */
  add(entry: Name): void {
    const there = this.#names.get(entry.name);
    if (there) {
      throw new ExistsError(
        `the name "${entry.name}" exists already, with balancing ${there.balancing}; destroy it first to change that`,
      );
    }
    this.#names.set(entry.name, entry);
  }

  /** Forgets a name. @throws NameError when it is not there */
  remove(name: string): void {
    if (!this.#names.delete(name)) throw new NameError(`there is no name "${name}"; see: irm name list`);
  }

  /** Lists the names that begin with a prefix, in order of the alphabet. */
  list(prefix = ""): Name[] {
    const found = [...this.#names.values()].filter(({ name }) => name.startsWith(prefix));
    return found.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Returns all names, in no order. */
  values(): Iterable<Name> {
    return this.#names.values();
  }
}
