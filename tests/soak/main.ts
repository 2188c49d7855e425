/**
 * What takes long: `deno task soak` runs all of it, `deno task soak floods [SECONDS]` only the floods (a minute each unless told
 * otherwise), `deno task soak transfers [SEEDS] [MIB]` only the transfers (10 of 1024 MiB), `deno task soak chaos [SEED] [SECONDS]`
 * only chaos (seed 1, ten minutes), `deno task soak hostile [SECONDS]` only the loads of a hostile user (ten minutes), `deno task soak
 * honest [SECONDS]` only twenty users who allocate flows (a minute), `deno task soak sharing [SECONDS]` only lines that flows and TCP
 * share (40 s each), `deno task soak mixed [SECONDS]` only mixed load with peers that behave badly (ten minutes). Ends with status 1 when something is not as it has to be.
 *
 * @module
 */
import { chaos } from "./chaos/chaos.ts";
import { hostile } from "./hostile.ts";
import { honest } from "./honest.ts";
import { floods } from "./floods.ts";
import { mixed } from "./mixed.ts";
import { sharing } from "./sharing.ts";
import { transfers } from "./transfers.ts";

type Soak = (first?: number, second?: number) => Promise<boolean>;

const SOAKS: ReadonlyMap<string, Soak> = new Map([
  ["floods", floods],
  ["transfers", transfers],
  [
    "chaos",
    chaos,
  ],
  ["hostile", hostile],
  ["honest", honest],
  ["sharing", sharing],
  ["mixed", mixed],
]);

const [what = "all", ...words] = Deno.args;
const [first, second] = words.map(Number);
if ((what !== "all" && !SOAKS.has(what)) || [first, second].some(Number.isNaN)) {
  console.error(
    "usage: deno task soak [floods [SECONDS] | transfers [SEEDS] [MIB] | chaos [SEED] [SECONDS] | hostile [SECONDS] | honest [SECONDS] | sharing [SECONDS] | mixed [SECONDS]]",
  );
  Deno.exit(2);
}
let passed = true;
for (const [name, soak] of SOAKS) {
  if (what === "all") passed = await soak() && passed;
  else if (what === name) passed = await soak(first, second);
}
Deno.exit(passed ? 0 : 1);
