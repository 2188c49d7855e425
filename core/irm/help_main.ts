/**
 * `ouro`, `ouro help`, `ouro man`, `ouro completion`, `ouro --version`, and every word that `ouro` does not know.
 *
 * @module
 */
import type { Role } from "../role.ts";
import { runOuro } from "./ouro/run_ouro.ts";
import { withSystem } from "./run/system_environment.ts";

/** Runs `ouro WORDS…`; the words are all of them, the first included. */
export const run: Role = (words, { builtins }) =>
  withSystem(builtins, (environment) => runOuro(words, environment));
