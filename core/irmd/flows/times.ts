/**
 * How long things may take, in milliseconds (docs/local-protocol.md §2.4).
 *
 * @module
 */

/**
 * How long an IPCP may take to answer. One that has ended is known to have: these are for those that are stopped or late, as on a busy
 * host, and what is given up too early is lost to somebody.
 */
export const LAYER_TIMES = {
  bootstrap: 5000,
  enroll: 20_000,
  /** Longer than the allocation that is part of it: its error says more. */
  connect: 22_000,
  disconnect: 5000,
  register: 20_000,
  unregister: 5000,
  allocate: 20_000,
  join: 5000,
  /** As long as who asked for the flow waits for it. */
  respond: 20_000,
  stats: 2000,
  capture: 2000,
  impair: 5000,
  shutdown: 3000,
} as const;

/** How long an allocation may take where the caller sets no limit. */
export const ALLOCATION_WAIT = 20_000;

/** Longest life of a packet in a layer that does not say it. */
export const DEFAULT_MPL = 100;
