/**
 * The times of link-state routing: what it waits for, and how long, from its options and at random.
 *
 * @module
 */
import type { DeadlineQueue } from "../../core/kit/deadline_queue.ts";
import type { LinkStateOptions } from "./declarations.ts";
import type { Random } from "../../core/contract/ports.ts";

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
  /** Entries that have changed are sent again. */
  repeat: 3,
  /** Own entries are refreshed. */
  refresh: 4,
  /** What others announce under the own address is answered. */
  answer: 5,
  /** A neighbour has not contradicted what others say of it. */
  doubt: 6,
  /** New management flows get the database again. */
  repeatTo: 7,
  /** A management flow may be silent for too long. */
  keepBusy: 8,
} as const;

/** One of {@link DEADLINE}. */
export type Deadline = typeof DEADLINE[keyof typeof DEADLINE];

/** The deadlines of one instance, on one timer: a layer of a thousand members in one process has few timers for each. */
export type Deadlines = DeadlineQueue<Deadline>;

/** Reads `ls_t_timeo`, `ls_t_update` and `ls_t_recalc`, which are seconds. Returns milliseconds. */
export function timesOf(options: LinkStateOptions) {
  const life = options.ls_t_timeo * 1000;
  const update = options.ls_t_update * 1000;
  return {
    /** Life of an entry that is not heard of. */
    life,
    /** Time between refreshes of an own entry, which must live on when an update is lost, even if updates are rarer than deaths. */
    refresh: Math.min(update, life / 3),
    /** Longest wait before a computation. */
    longestWait: options.ls_t_recalc * 1000,
    /** Age from which an entry is probably dead: it has missed two refreshes. */
    suspect: 2.5 * update,
  };
}

/** Draws a time between the least and the most, so that the members of a layer do not act in step. */
export function between([least, most]: readonly [number, number], random: Random): number {
  return least + (most - least) * random.uint32() / 0x1_0000_0000;
}
