/**
 * What takes long: `deno task soak` runs all of it, `deno task soak floods [SECONDS]` only the floods (a minute each unless told
 * otherwise), `deno task soak transfers [SEEDS] [MIB]` only the transfers (10 of 1024 MiB). Ends with status 1 when something is not
 * as it has to be.
 *
 * @module
 */
import { floods } from "./floods.ts";
import { transfers } from "./transfers.ts";

const [what = "all", ...numbers] = Deno.args;
const [first, second] = numbers.map(Number);
if (!["all", "floods", "transfers"].includes(what) || [first, second].some(Number.isNaN)) {
  console.error("usage: deno task soak [floods [SECONDS] | transfers [SEEDS] [MIB]]");
  Deno.exit(2);
}
let passed = true;
if (what !== "transfers") passed = await floods(what === "all" ? undefined : first);
if (what !== "floods") {
  passed = await transfers(...(what === "all" ? [] : [first, second] as const)) && passed;
}
Deno.exit(passed ? 0 : 1);
