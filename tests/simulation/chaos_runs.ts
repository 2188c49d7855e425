/**
 * The chaos story with many seeds, for hours when nobody waits.
 *
 * @module
 */
import { AssertionError } from "node:assert";
import { Chaos } from "./chaos.ts";

/** Rounds of each seed. */
const ROUNDS = 3;
/** Seeds between two lines of progress. */
const PROGRESS = 50;

/** Plays the story from seed `first` on; says which seeds did not heal, and why. @returns whether all did */
export async function playChaos(seeds = 1000, first = 1): Promise<boolean> {
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed++) {
    try {
      const chaos = await Chaos.start(seed);
      for (let round = 0; round < ROUNDS; round++) chaos.round();
      chaos.end();
    } catch (thrown) {
      if (!(thrown instanceof AssertionError)) throw thrown;
      failed++;
      console.error(thrown.message);
    }
    const played = seed - first + 1;
    if (played % PROGRESS === 0) console.log(`${played} seeds played, ${failed} have not healed`);
  }
  return failed === 0;
}
