/**
 * Flat addresses: random numbers of 32 bits, none of them 0.
 *
 * @module
 */
import { address } from "../../core/contract/ids.ts";
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";

/** Draws random addresses. */
export const flat: Plugin<"address"> = {
  kind: "address",
  name: "flat",
  code: 0,
  apiVersion: PLUGIN_API_VERSION,
  description: "every member draws a random address of 32 bits",
  options: [],
  position: 10,
  rank: 10,
  create: (_host, { random }) => ({
    draw() {
      for (;;) {
        const drawn = random.uint32();
        if (drawn !== 0) return address(drawn);
      }
    },
  }),
};
