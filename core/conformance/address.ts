/**
 * The conformance suite of address authorities.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plugin } from "../contract/plugin.ts";
import type { AddressAuthority } from "../contract/policies/small_policies.ts";
import { checkOptions } from "../registry/check_options.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { type Check, declarationChecks, type Needs, registerChecks, registryOf } from "./suite.ts";

/** Registers tests that prove a plugin of kind `address`. */
export function conformAddress(plugin: Plugin<"address">, needs?: Needs): void {
  registerChecks(plugin, addressChecks(plugin, needs));
}

/** What a plugin of kind `address` must do. */
export function addressChecks(plugin: Plugin<"address">, { options = {}, uses }: Needs = {}): Check[] {
  const make = (seed: number): AddressAuthority =>
    registryOf(plugin, uses).make("address", plugin.name, {
      random: new SeededRandom(seed),
      options: checkOptions(plugin.options, options),
    });
  return [
    ...declarationChecks(plugin, options),
    {
      name: "addresses are whole numbers of 32 bits, never 0",
      run: () => {
        const authority = make(1);
        for (let count = 0; count < 1000; count++) {
          const drawn = authority.draw();
          assert(Number.isInteger(drawn) && drawn > 0 && drawn <= 0xffffffff, `it drew ${drawn}`);
        }
      },
    },
    {
      name: "members that draw apart from each other get different addresses",
      run: () => {
        const drawn = Array.from({ length: 100 }, (_, seed) => make(seed).draw());
        assert.equal(new Set(drawn).size, drawn.length);
      },
    },
    {
      name: "the same randomness gives the same addresses",
      run: () => assert.equal(make(7).draw(), make(7).draw()),
    },
  ];
}
