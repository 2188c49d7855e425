/**
 * The order in which plugins are listed and preferred.
 *
 * @module
 */
import type { PluginDeclaration } from "../contract/plugin.ts";

/**
 * Compares by {@link PluginDeclaration.rank}: lower first, without one last; for `sort`.
 *
 * @example
 * ```ts
 * import { byRank } from "./rank.ts";
 * import assert from "node:assert/strict";
 * const sorted = [{ rank: 4 }, {}, { rank: 0 }].sort(byRank);
 * assert.deepEqual(sorted, [{ rank: 0 }, { rank: 4 }, {}]);
 * ```
 */
export function byRank(a: Pick<PluginDeclaration, "rank">, b: Pick<PluginDeclaration, "rank">): number {
  const [left, right] = [a.rank ?? Number.MAX_VALUE, b.rank ?? Number.MAX_VALUE];
  return left - right;
}
