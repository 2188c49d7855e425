/**
 * The times of link-state routing: from its options, and at random.
 *
 * @module
 */
import type { LinkStateOptions } from "./declarations.ts";
import type { Random } from "../../core/contract/ports.ts";

/** Times in milliseconds. */
export interface Times {
  /** For which an entry lives that is not heard of. */
  readonly life: number;
  /** Between refreshes of an own entry. */
  readonly refresh: number;
  /** Longest wait before a computation. */
  readonly longestWait: number;
  /** Age from which an entry is probably dead: it has missed two refreshes. */
  readonly suspect: number;
}

/** Reads `ls_t_timeo`, `ls_t_update` and `ls_t_recalc`, which are seconds. */
export function timesOf(options: LinkStateOptions): Times {
  const life = options.ls_t_timeo * 1000;
  const update = options.ls_t_update * 1000;
  return {
    life,
    // Entries must live on when an update is lost, also where updates were configured to be rarer than deaths.
    refresh: Math.min(update, life / 3),
    longestWait: options.ls_t_recalc * 1000,
    suspect: 2.5 * update,
  };
}

/** Draws a time between the least and the most, so that the members of a layer do not act in step. */
export function between([least, most]: readonly [number, number], random: Random): number {
  return least + (most - least) * random.uint32() / 0x1_0000_0000;
}
