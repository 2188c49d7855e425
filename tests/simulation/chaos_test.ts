/** @module */
import { Chaos } from "./chaos.ts";

/** More of them: `deno task sim chaos`. */
const SEEDS = 4;
const ROUNDS = 2;

Deno.test("twenty members among outages, kills, losses and clocks that are set, also with some that behave as the reference: each round heals within 10 s, without a command", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chaos = await Chaos.start(seed);
    for (let round = 0; round < ROUNDS; round++) chaos.round();
    chaos.end();
  }
});
