/**
 * The times of link-state routing: from its options, and at random.
 *
 * @module
 */
import type { LinkStateOptions } from "./declarations.ts";
import type { Random } from "../../core/contract/ports.ts";

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
