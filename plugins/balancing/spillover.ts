/**
 * Spillover: the process that called accept last gets the flow; others get flows only while it is busy.
 *
 * @module
 */
import type { Plugin } from "../../core/contract/plugin.ts";
import { SPILLOVER } from "./declarations.ts";

/** Picks the process that called accept last. */
export const spillover: Plugin<"balancing"> = {
  ...SPILLOVER,
  create: () => ({ choose: (waiting) => waiting.length - 1 }),
};
