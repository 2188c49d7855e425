/**
 * The directory of a layer: which address has registered a name. A core without I/O.
 *
 * @module
 */
import type { Address, NameHash } from "../ids.ts";
import type { Stats } from "../stats.ts";
import type { OptionValues } from "../options.ts";
import type { Done } from "../outcome.ts";
import type { Ports } from "../ports.ts";

/** What a directory policy gets from the IPCP. */
export interface DirectoryContext<O extends OptionValues = OptionValues> extends Ports {
  /** Address of this IPCP. */
  readonly own: Address;
  /** Length of a hash in the layer, in bytes. */
  readonly hashLength: number;
  /** Checked against the declaration of the policy, defaults filled in. */
  readonly options: O;
  /** The member that this IPCP has enrolled with; undefined for the first member of the layer. */
  readonly peer: Address | undefined;
  /** Sends a message to the directory of another member, copied before the call returns. False: there is no way to it yet. */
  send(to: Address, message: Uint8Array): boolean;
  /** Addresses of all members that routing knows, the own one left out. */
  members(): Iterable<Address>;
}

/** A plugin of kind `directory`. */
export interface Directory {
  /** Says that the hash is reachable at the own address. */
  register(hash: NameHash, done: Done): void;
  /** Takes it back. */
  unregister(hash: NameHash, done: Done): void;
  /** Addresses that have registered the hash, best first; the own one too, last. An empty list: nobody. */
  query(hash: NameHash, done: Done<readonly Address[]>): void;
  /** A message came; it is valid during the call only. What does not parse is counted and dropped. */
  receive(message: Uint8Array): void;
  /** The forwarding table was replaced: what could not be sent before may be sent now. */
  routesChanged(): void;
  /** What it knows and has counted. */
  stats(): Stats;
  /** Disarms all timers: no call comes after this one. */
  shutdown(): void;
}
