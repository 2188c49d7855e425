/**
 * What link-state routing waits for.
 *
 * @module
 */
import type { DeadlineQueue } from "../../core/kit/deadline_queue.ts";

/**
 * What is done at its time. Deadlines that fall together are met in this order: what is computed and owed is installed and sent at
 * once.
 */
export const DEADLINE = {
  /** Entries may have aged out. */
  expire: 0,
  /** Routes are to be computed. */
  compute: 1,
  /** Neighbours are owed entries. */
  flood: 2,
  /** Own entries that have changed are sent once more. */
  repeatOwn: 3,
  /** Own entries are refreshed. */
  refresh: 4,
  /** What others announce under the own address is answered. */
  answer: 5,
  /** New management flows get the own entries once more. */
  repeatTo: 6,
  /** A management flow may be silent for too long. */
  keepBusy: 7,
} as const;

/** One of {@link DEADLINE}. */
export type Deadline = typeof DEADLINE[keyof typeof DEADLINE];

/** The deadlines of one instance, on one timer: a layer of a thousand members in one process has few timers for each. */
export type Deadlines = DeadlineQueue<Deadline>;
