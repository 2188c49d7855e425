/**
 * Flat addresses: random numbers of 32 bits, none of them 0.
 *
 * @module
 */
import { address } from "../../core/contract/ids.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { FLAT } from "./declarations.ts";

/** Draws random addresses. */
export const flat: Plugin<"address"> = {
  ...FLAT,
  create: (_host, { random }) => ({
    draw() {
      for (;;) {
        const drawn = random.uint32();
        if (drawn !== 0) return address(drawn);
      }
    },
  }),
};
