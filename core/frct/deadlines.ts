/**
 * What one end of a flow waits for.
 *
 * @module
 */
import type { Clock, Timers } from "../contract/ports.ts";
import { DeadlineQueue } from "../kit/deadline_queue.ts";

/** What an end of a flow waits for, in the order in which deadlines that fall together are met. */
export const DEADLINE = {
  /** What has arrived is to be acknowledged. */
  acknowledge: 0,
  /** An acknowledgement should have come. */
  retransmit: 1,
  /** Packets that were overtaken should have come. */
  reorder: 2,
  /** A window should have been told. */
  rendezvous: 3,
  /** The window that has opened is to be told again. */
  window: 4,
  /** Signs of life are to be sent, or should have come. */
  liveness: 5,
  /** Closing may take no longer. */
  close: 6,
  /** The pace allows more packets. */
  pace: 7,
} as const;

/** One of {@link DEADLINE}. */
export type Deadline = typeof DEADLINE[keyof typeof DEADLINE];

/** The deadlines of one end of a flow. */
export class Deadlines extends DeadlineQueue<Deadline> {
  constructor(clock: Clock, timers: Timers, met: (kind: Deadline, now: number) => void) {
    super(Object.keys(DEADLINE).length, clock, timers, met);
  }
}
