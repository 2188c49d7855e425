/**
 * `ouro impair`: impairs what an IPCP sends and receives below it.
 *
 * @module
 */
import type { Role } from "../role.ts";
import { runImpair } from "./impair/run_impair.ts";
import { withSystem } from "./run/system_environment.ts";

/** Runs `ouro impair WORDS…`. */
export const run: Role = (words, { builtins }) =>
  withSystem(builtins, (environment) => runImpair(words, environment));
