/**
 * The limits of each user of the host: their names in the configuration file, their defaults, and what they mean.
 *
 * @module
 */
import { MAX_FLOWS } from "../../contract/ids.ts";

/** What a user may have at most, whatever is free. */
export interface UserLimits {
  /** Control connections. */
  readonly connections: number;
  /** Messages a second; one that asks for a flow counts as several. */
  readonly messages: number;
  /** Bytes that wait in the IRMd: answers that are not read, messages that are not complete, options of calls that wait. */
  readonly bytes: number;
  /** Allocations under way. */
  readonly allocations: number;
  /** Calls that wait, of accept above all. */
  readonly calls: number;
  /** Flows that were asked for. */
  readonly flows: number;
  /** Flows that were accepted. */
  readonly accepted: number;
  /** Lines of the log a minute. */
  readonly lines: number;
}

/** What holds where the configuration file says nothing. */
export const DEFAULT_LIMITS: UserLimits = {
  connections: 1024,
  messages: 5000,
  bytes: 8 << 20,
  allocations: 256,
  calls: 6144,
  flows: 2048,
  accepted: 4096,
  lines: 600,
};

/** Ends of flows that ordinary users leave to root. */
export const RESERVED_FLOWS = 1024;

/** What all ordinary users have together; the rest is root's and the administrators'. */
export const TOGETHER = {
  bytes: 32 << 20,
  allocations: 1024,
  calls: 16_384,
  // Each flow that is asked for may bring an end that accepts it.
  flows: (MAX_FLOWS - RESERVED_FLOWS) / 3,
  accepted: (MAX_FLOWS - RESERVED_FLOWS) * 2 / 3,
} as const;

/** Open files that the IRMd keeps for itself, its IPCPs and the administrators. */
const RESERVED_FILES = 128;
/** Control connections of all ordinary users, at most. */
const MAX_CONNECTIONS = 8192;

/** Returns how many control connections all ordinary users may have, where the IRMd may have so many files open. */
export const connectionsFor = (files: number): number =>
  Math.min(MAX_CONNECTIONS, Math.max(Math.floor(files / 4), Math.floor((files - RESERVED_FILES) * 3 / 4)));
