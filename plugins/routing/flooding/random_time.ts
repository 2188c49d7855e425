/**
 * Random times, so that the members of a layer do not act in step.
 *
 * @module
 */
import type { Random } from "../../../core/contract/ports.ts";

/** A time between the least and the most. */
export function between([least, most]: readonly [number, number], random: Random): number {
  return least + (most - least) * random.uint32() / 0x1_0000_0000;
}
