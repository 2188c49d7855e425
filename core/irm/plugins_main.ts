/**
 * `ouro plugins`: lists the plugins.
 *
 * @module
 */
import type { Role } from "../role.ts";
import { runPlugins } from "./ouro/run_plugins.ts";
import { withSystem } from "./run/system_environment.ts";

/** Runs `ouro plugins WORDS…`. */
export const run: Role = (words, { builtins }) =>
  withSystem(builtins, (environment) => runPlugins(words, builtins, environment));
