/**
 * The deadlines of one flow end on one timer: a timer of the machine costs more than a packet.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";

/** What a flow end waits for. */
export const DEADLINE = {
  /** What has arrived is to be acknowledged. */
  acknowledge: 0,
  /** An acknowledgement should have come. */
  retransmit: 1,
  /** Packets that were overtaken should have come. */
  reorder: 2,
  /** A window should have been told. */
  rendezvous: 3,
  /** Signs of life are to be sent, or should have come. */
  liveness: 4,
  /** Closing may take no longer. */
  close: 5,
} as const;

/** One of {@link DEADLINE}. */
export type Deadline = typeof DEADLINE[keyof typeof DEADLINE];

const KINDS = Object.values(DEADLINE);

/**
 * A time for each kind of deadline. A deadline that is put off costs no timer: the timer fires early and is armed again.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import { DEADLINE, Deadlines } from "./deadlines.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const met: number[][] = [];
 * const deadlines = new Deadlines(time, time, (kind, now) => met.push([kind, now]));
 * deadlines.set(DEADLINE.retransmit, 30);
 * deadlines.set(DEADLINE.acknowledge, 5);
 * deadlines.set(DEADLINE.retransmit, 40);
 * time.advance(100);
 * assert.deepEqual(met, [[DEADLINE.acknowledge, 5], [DEADLINE.retransmit, 40]]);
 * ```
 */
export class Deadlines {
  readonly #at = new Float64Array(KINDS.length).fill(Infinity);
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #met: (kind: Deadline, now: number) => void;
  #timer: Timer | undefined;
  #armed = Infinity;
  #firing = false;
  #stopped = false;

  /** @param met called when a deadline has come, after it was cleared */
  constructor(clock: Clock, timers: Timers, met: (kind: Deadline, now: number) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#met = met;
  }

  /** Sets the deadline to a time of the clock, in place of what it was. */
  set(kind: Deadline, at: number): void {
    this.#at[kind] = at;
    if (at < this.#armed && !this.#firing) this.#arm(at);
  }

  /** Sets it unless it is set to an earlier time. */
  setEarlier(kind: Deadline, at: number): void {
    if (at < this.#at[kind]) this.set(kind, at);
  }

  /** Takes it away. */
  clear(kind: Deadline): void {
    this.#at[kind] = Infinity;
  }

  /** Whether it is set. */
  has(kind: Deadline): boolean {
    return this.#at[kind] !== Infinity;
  }

  /** Takes all away, for good. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(at: number): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#armed = at;
    this.#timer = this.#timers.after(at - this.#clock.now(), this.#fired);
  }

  readonly #fired = (): void => {
    this.#armed = Infinity;
    this.#firing = true;
    const now = this.#clock.now();
    for (const kind of KINDS) {
      if (this.#at[kind] > now || this.#stopped) continue;
      this.#at[kind] = Infinity;
      this.#met(kind, now);
    }
    this.#firing = false;
    const next = this.#at.reduce((least, at) => Math.min(least, at), Infinity);
    if (next !== Infinity) this.#arm(next);
  };
}
