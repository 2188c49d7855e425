/**
 * How long things may take, in milliseconds (docs/local-protocol.md §2.4).
 *
 * @module
 */

/** How long an IPCP may take to answer. */
export const LAYER_TIMES = {
  bootstrap: 5000,
  enroll: 20_000,
  /** Longer than the allocation that is part of it: its error says more. */
  connect: 22_000,
  disconnect: 500,
  register: 20_000,
  unregister: 500,
  allocate: 20_000,
  join: 500,
  respond: 500,
  stats: 500,
  capture: 2000,
  impair: 500,
  shutdown: 3000,
} as const;

/** How long an allocation may take where the caller sets no limit. */
export const ALLOCATION_WAIT = 20_000;

/** Longest life of a packet in a layer that does not say it. */
export const DEFAULT_MPL = 100;
