/**
 * Completion of the words behind `ouro impair`.
 *
 * @module
 */
import { ipcps } from "../completion/candidates.ts";
import type { Candidate, Environment } from "../../tools/environment.ts";
import { DIRECTION, IMPAIRMENT_WORDS, OFF } from "./keywords.ts";

/** What may stand in the place of the last of these words. */
export async function impairWords(
  words: readonly string[],
  environment: Environment,
): Promise<readonly Candidate[]> {
  if (words.length === 1) return await ipcps(environment);
  const previous = words.length > 2 ? words.at(-2) : undefined;
  if (previous === "as") return [{ word: "JSON", help: "form of the output" }];
  if (previous === DIRECTION.word) return DIRECTION.values.map((word) => ({ word, help: DIRECTION.help }));
  if (IMPAIRMENT_WORDS.some(({ word }) => word === previous)) return [];
  const used = new Set(words.slice(1, -1));
  return [...IMPAIRMENT_WORDS, DIRECTION, OFF, { word: "as", help: "form of the output" }]
    .filter(({ word }) => !used.has(word))
    .map(({ word, help }) => ({ word, help }));
}
