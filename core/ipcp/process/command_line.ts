/**
 * The words that the IRMd starts an IPCP process with.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

/** What an IPCP process is started with. */
export interface IpcpdSettings {
  /** Type of the IPCP. */
  readonly type: string;
  /** Name of the IPCP. */
  readonly name: string;
  /** Path of the IRMd's socket. */
  readonly admin: string;
  /** Log to standard output, not to the system log. */
  readonly stdout: boolean;
  /** Files of third parties' plugins. */
  readonly plugins: readonly string[];
}

const BY_HAND =
  "ouro ipcpd is started by the IRMd; to make an IPCP, type: ouro irm ipcp create name NAME type TYPE";

/**
 * Reads `TYPE --name NAME --admin PATH [--stdout] [--plugin FILE]…`.
 *
 * @throws InvalidError that says how IPCPs are made, and what is wrong
 *
 * @example
 * ```ts
 * import { parseCommandLine } from "./command_line.ts";
 * import assert from "node:assert/strict";
 * const settings = parseCommandLine(["local", "--name", "l1", "--admin", "/run/ouroboros/admin.sock"]);
 * assert.equal(settings.name, "l1");
 * assert.throws(() => parseCommandLine([]), /started by the IRMd/);
 * ```
 */
export function parseCommandLine(args: readonly string[]): IpcpdSettings {
  const words = args.values();
  const found = { type: "", name: "", admin: "", stdout: false };
  const plugins: string[] = [];
  const value = (word: string): string => {
    const { value: next } = words.next();
    if (!next) throw new InvalidError(`${BY_HAND}\n${word} needs a value`);
    return next;
  };
  for (const word of words) {
    if (word === "--stdout") found.stdout = true;
    else if (word === "--name") found.name = value(word);
    else if (word === "--admin") found.admin = value(word);
    else if (word === "--plugin") plugins.push(value(word));
    else if (found.type === "" && word !== "" && !word.startsWith("-")) found.type = word;
    else throw new InvalidError(`${BY_HAND}\nunknown word: "${word}"`);
  }
  if (!found.type || !found.name || !found.admin) throw new InvalidError(BY_HAND);
  return { ...found, plugins };
}
