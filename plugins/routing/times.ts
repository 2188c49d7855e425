/**
 * The times of link-state routing, from its options.
 *
 * @module
 */
import type { OptionValues } from "../../core/contract/options.ts";

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
export function timesOf(options: OptionValues): Times {
  const life = Number(options.ls_t_timeo) * 1000;
  const update = Number(options.ls_t_update) * 1000;
  return {
    life,
    // Entries must live on when an update is lost, also where updates were configured to be rarer than deaths.
    refresh: Math.min(update, life / 3),
    longestWait: Number(options.ls_t_recalc) * 1000,
    suspect: 2.5 * update,
  };
}
