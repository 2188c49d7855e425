/**
 * What `ouro WORD …` runs for each WORD.
 *
 * @module
 */
import type { Builtins } from "./registry/builtins.ts";

/** What `main.ts` hands to every role. */
export interface RoleContext {
  readonly builtins: Builtins;
}

/** Runs a role; the number is the exit status. */
export type Role = (args: readonly string[], context: RoleContext) => Promise<number>;
