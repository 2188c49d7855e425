/**
 * Which valid word a mistyped one may have been meant to be.
 *
 * @module
 */

/**
 * Returns the nearest of `words`, when it is near: at most two slips (a letter missing, too many, wrong, or two
 * swapped), and fewer than half of the letters.
 *
 * @example
 * ```ts
 * import { suggest } from "./suggest.ts";
 * import assert from "node:assert/strict";
 * assert.equal(suggest("regsiter", ["create", "register"]), "register");
 * assert.equal(suggest("xyz", ["create", "register"]), undefined);
 * ```
 */
export function suggest(word: string, words: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let least = Math.min(2, Math.floor((word.length - 1) / 2)) + 1;
  for (const candidate of words) {
    const slips = slipsBetween(lower, candidate.toLowerCase());
    if (slips < least) {
      best = candidate;
      least = slips;
    }
  }
  return best;
}

/** Returns the end of a sentence that proposes the nearest word; nothing when none is near. */
export function proposal(word: string, words: readonly string[]): string {
  const meant = suggest(word, words);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** Returns the Damerau–Levenshtein distance (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let slips = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        slips = Math.min(slips, before[column - 2] + 1);
      }
      current.push(slips);
    }
    before = last;
    last = current;
  }
  return last[b.length];
}
