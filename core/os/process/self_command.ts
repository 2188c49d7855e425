/**
 * How this program starts itself: from source, as a bundle under an unpacked runtime, or as one compiled executable.
 *
 * @module
 */

/** How the running program was started. */
export interface Running {
  /** Compiled into one executable: `Deno.build.standalone`. */
  readonly standalone: boolean;
  /** The executable: `Deno.execPath()`. */
  readonly executable: string;
  /** URL of the entry point: `Deno.mainModule`. */
  readonly entry: string;
}

/** A program and its first words. */
export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** Returns how this process was started. */
export const runningProgram = (): Running => ({
  standalone: Deno.build.standalone,
  executable: Deno.execPath(),
  entry: Deno.mainModule,
});

/**
 * Returns what starts the same program again; the role and its arguments follow the words.
 *
 * @example
 * ```ts
 * import { selfCommand } from "./self_command.ts";
 * import assert from "node:assert/strict";
 * const entry = "file:///opt/ouro/main.ts";
 * assert.deepEqual(selfCommand({ standalone: false, executable: "/usr/bin/deno", entry }), {
 *   program: "/usr/bin/deno",
 *   words: ["run", "-A", "-q", entry],
 * });
 * ```
 */
export function selfCommand({ standalone, executable, entry }: Running): Command {
  // The file is not there any more, or another one is in its place: what runs can still be had from the kernel.
  const program = executable.endsWith(" (deleted)") ? "/proc/self/exe" : executable;
  if (standalone) return { program, words: [] };
  // A bundle is complete: a configuration file that happens to be above it is not its own, and only plugins would load packages.
  const options = entry.endsWith(".js") ? ["--no-config", "--no-npm"] : [];
  return { program, words: ["run", "-A", "-q", ...options, entry] };
}

/** Makes the environment of the same program in another role: the name by which this one was called is not the other's. */
export function selfEnvironment(
  own: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { OURO_CALLED_AS: _, ...rest } = own;
  return { ...rest, ...more };
}
