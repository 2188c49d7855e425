/**
 * What the small kinds of plugins do. Each is a core without I/O.
 *
 * @module
 */
import type { Address } from "../ids.ts";
import type { OptionValues } from "../options.ts";
import type { Random } from "../ports.ts";
import type { QosCube } from "../qos.ts";

/** A hash function: a plugin of kind `hash`. */
export interface HashFunction {
  /** Length of a digest in bytes. */
  readonly length: number;
  /** The digest of `bytes`. */
  digest(bytes: Uint8Array): Uint8Array;
}

/** A process that waits in `accept` for one name. */
export interface Waiting {
  /** Rises with every call of accept on this host: a lower one has waited longer. */
  readonly order: number;
  /** Process id. */
  readonly pid: number;
}

/** A plugin of kind `balancing`: shares the flows for a name among the processes that accept them. */
export interface Balancer {
  /**
   * Index of the process that gets the next flow.
   *
   * @param waiting in the order in which they called accept; never empty
   */
  choose(waiting: readonly Waiting[]): number;
}

/** A plugin of kind `address`: gives addresses to the members of a layer. */
export interface AddressAuthority {
  /** An address for a new member; never 0. */
  draw(): Address;
}

/** What an address authority gets from the IPCP. */
export interface AddressContext<O extends OptionValues = OptionValues> {
  /** Where addresses come from. */
  readonly random: Random;
  /** Checked against the declaration of the policy, defaults filled in. */
  readonly options: O;
}

/** A plugin of kind `scheduling`: decides whose packet goes next. */
export interface Scheduling {
  /** An empty queue. */
  queue<T>(): SchedulingQueue<T>;
}

/** Packets (or flows that have some) in the order in which they go. */
export interface SchedulingQueue<T> {
  /**
   * Puts one in.
   *
   * @param bytes length of a packet; left out: items count as equally large, as flows do
   */
  add(item: T, cube: QosCube, bytes?: number): void;
  /** Takes the next one out; undefined when the queue is empty. */
  next(): T | undefined;
  /** How many wait. */
  readonly length: number;
}
