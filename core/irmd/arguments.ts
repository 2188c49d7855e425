/**
 * The words behind `ouro irmd`.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";

/** What `ouro irmd` is asked for. */
export interface IrmdArguments {
  /** Log to standard output, IPCPs too, instead of the system log. */
  readonly stdout: boolean;
  /** Only print the version. */
  readonly version: boolean;
  /** Only print the usage. */
  readonly help: boolean;
  /** Path of a configuration file. */
  readonly config: string | undefined;
  /** Files of third parties' plugins. */
  readonly plugins: readonly string[];
}

/** The usage text. */
export const IRMD_USAGE = `Usage: irmd
         [--config <path> (Path to configuration file)]
         [--plugin <file> (Load a plugin; may be given several times)]
         [--stdout  (Log to stdout instead of system log)]
         [--version (Print version number and exit)]
`;

/**
 * Reads the words, left to right; a later `--config` replaces an earlier one.
 *
 * @throws InvalidError for an unknown word or a missing value
 * @example
 * ```ts
 * import { parseIrmdArguments } from "./arguments.ts";
 * import assert from "node:assert/strict";
 * const { stdout, plugins } = parseIrmdArguments(["--stdout", "--plugin", "a.ts", "--plugin", "b.ts"]);
 * assert(stdout);
 * assert.deepEqual(plugins, ["a.ts", "b.ts"]);
 * ```
 */
export function parseIrmdArguments(words: readonly string[]): IrmdArguments {
  let stdout = false, version = false, help = false;
  let config: string | undefined;
  const plugins: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = () => {
      const next = rest.shift();
      if (next === undefined) throw new InvalidError(`${word} needs a path behind it`);
      return next;
    };
    if (word === "--stdout") stdout = true;
    else if (word === "--version") version = true;
    else if (word === "--help" || word === "help") help = true;
    else if (word === "--config") config = value();
    else if (word === "--plugin") plugins.push(value());
    else throw new InvalidError(`"${word}" is unknown to irmd`);
  }
  return { stdout, version, help, config, plugins };
}
