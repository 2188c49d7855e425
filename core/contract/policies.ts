/**
 * What the small kinds of plugins do. Each is a core without I/O.
 *
 * @module
 */

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
