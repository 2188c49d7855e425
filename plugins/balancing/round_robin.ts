/**
 * Round-robin: flows go to processes in the order in which they called accept.
 *
 * @module
 */
import type { Plugin } from "../../core/contract/plugin.ts";
import { ROUND_ROBIN } from "./declarations.ts";

/** Picks the process that has waited longest. */
export const roundRobin: Plugin<"balancing"> = {
  ...ROUND_ROBIN,
  create: () => ({ choose: () => 0 }),
};
