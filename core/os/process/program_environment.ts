/**
 * The environment of a program that the daemon starts on somebody's behalf.
 *
 * @module
 */

/** Whose program it is. */
export interface ProgramOwner {
  /** The daemon's own user: the program may see what the daemon sees. */
  readonly same: boolean;
  /** Name and home of the user, where the system knows them. */
  readonly account?: { readonly name: string; readonly home: string };
}

/** What a program of another user gets: nothing that could hold a secret or point into the daemon's home. */
const HARMLESS = /^(PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM)$/;
/** What is for the program's own use. */
const INTERNAL = /^OURO_/;

/**
 * Makes the environment. The runtime folder is always in it: the program's own user might look elsewhere.
 *
 * @example
 * ```ts
 * import { programEnvironment } from "./program_environment.ts";
 * import assert from "node:assert/strict";
 * const daemon = { PATH: "/bin", TOKEN: "secret", OURO_CALLED_AS: "irmd" };
 * assert.deepEqual(
 *   programEnvironment(daemon, "/run/ouroboros", { same: false, account: { name: "ann", home: "/home/ann" } }),
 *   { PATH: "/bin", HOME: "/home/ann", USER: "ann", LOGNAME: "ann", OURO_RUNTIME_DIR: "/run/ouroboros" },
 * );
 * ```
 */
export function programEnvironment(
  daemon: Readonly<Record<string, string>>,
  runtimeFolder: string,
  { same, account }: ProgramOwner,
): Record<string, string> {
  const kept = Object.entries(daemon).filter(([name]) => same ? !INTERNAL.test(name) : HARMLESS.test(name));
  const user: Record<string, string> = same || !account
    ? {}
    : { HOME: account.home, USER: account.name, LOGNAME: account.name };
  return { ...Object.fromEntries(kept), ...user, OURO_RUNTIME_DIR: runtimeFolder };
}
