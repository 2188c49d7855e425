/**
 * `ouro irm`: commands the IRMd.
 *
 * @module
 */
import type { Role } from "../role.ts";
import { runIrm } from "./run/run_irm.ts";
import { withSystem } from "./run/system_environment.ts";

/** Runs `ouro irm WORDS…`. */
export const run: Role = (args, { builtins }) =>
  withSystem(builtins, (environment) => runIrm(args, environment));
