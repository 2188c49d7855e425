/**
 * What protocol cores get from outside: time, timers, randomness and a log. In a daemon they are the machine's,
 * in the simulator they are virtual, so that the same code runs in both and a seed replays a run.
 *
 * @module
 */

/** Reads time. */
export interface Clock {
  /** Milliseconds of a clock that never goes back; fractions are meaningful. */
  now(): number;
  /** Milliseconds since 1970 (UTC), which may jump. */
  wall(): number;
}

/** A timer that was armed. */
export interface Timer {
  /** Disarms it; harmless when it has fired. */
  cancel(): void;
}

/** Arms timers. */
export interface Timers {
  /** Calls `run` once after at least `delay` milliseconds. */
  after(delay: number, run: () => void): Timer;
}

/** Gives random values fit for keys and tokens (in the simulator: from a seed). */
export interface Random {
  /** `count` fresh random bytes. */
  bytes(count: number): Uint8Array<ArrayBuffer>;
  /** A random integer of 0 … 2³² − 1. */
  uint32(): number;
}

/** Takes lines for the log. The component is the part in front of the level: `irmd`, `ipcpd-local`, … */
export interface Log {
  /** Something failed. */
  error(text: string): void;
  /** Something is odd. */
  warning(text: string): void;
  /** Something happened that an operator wants to know. */
  info(text: string): void;
  /** Something for those who look closely. */
  debug(text: string): void;
  /** The same log under another component name. */
  component(name: string): Log;
}

/** All ports of a core that has no I/O of its own. */
export interface Ports {
  /** Reads time. */
  readonly clock: Clock;
  /** Arms timers. */
  readonly timers: Timers;
  /** Gives random values. */
  readonly random: Random;
  /** Takes lines for the log. */
  readonly log: Log;
}

/** A log that drops everything. */
export const SILENT: Log = { error() {}, warning() {}, info() {}, debug() {}, component: () => SILENT };
