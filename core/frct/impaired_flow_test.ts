/**
 * Flows on paths that do everything a path can do, by seed. More seeds: `tests/simulation/frct_test.ts`.
 *
 * @module
 */
import { checkSeed } from "../../tests/support/impaired_flows.ts";

for (let first = 1; first <= 300; first += 50) {
  Deno.test(`impaired flow: seeds ${first} to ${first + 49}: the same bytes, in order, and an end in time`, () => {
    for (let seed = first; seed < first + 50; seed++) checkSeed(seed);
  });
}
