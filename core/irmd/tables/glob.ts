/**
 * Patterns as `irm` knows them.
 *
 * @module
 */

/**
 * Returns whether the pattern matches the whole text. Only `*` is special: any run of characters, also none. Takes time linear in
 * the product of the lengths, whatever the pattern.
 *
 * @example
 * ```ts
 * import { globMatches } from "./glob.ts";
 * import assert from "node:assert/strict";
 * assert(globMatches("normal_*", "normal_1"));
 * assert(!globMatches("normal_?", "normal_1"));
 * ```
 */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      starAt = index;
    } else if (pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++starAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
