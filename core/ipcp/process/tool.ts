/**
 * `ouro ipcpd TYPE`: an IPCP as a process, started by the IRMd.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Tool } from "../../tools/tool.ts";
import type { IpcpdSettings } from "./process.ts";

const BY_HAND =
  "ouro ipcpd is started by the IRMd; to make an IPCP, type: ouro irm ipcp create name NAME type TYPE";

/** What command line, help, manual page and completion tell of it. */
export const TOOL = {
  name: "ipcpd",
  command: "ouro ipcpd",
  description: "Runs an IPC process. It is started by the IRMd; to make an IPCP, type: ouro irm ipcp create.",
  operands: [{ name: "type", required: true, help: "Type of the IPCP" }],
  options: [
    { long: "name", value: "ipcp", help: "Name of the IPCP (required)" },
    { long: "admin", value: "path", help: "Path of the socket of the IRMd (required)" },
    { long: "stdout", help: "Log to standard output instead of the system log" },
    { long: "plugin", value: "file", repeated: true, help: "Load a plugin; may be given several times" },
  ],
} as const satisfies Tool;

/**
 * Makes settings of `TYPE --name NAME --admin PATH [--stdout] [--plugin FILE]…`.
 *
 * @throws InvalidError that says how IPCPs are made, and what is wrong
 *
 * @example
 * ```ts
 * import { ipcpdSettings } from "./tool.ts";
 * import assert from "node:assert/strict";
 * const settings = ipcpdSettings(["local", "--name", "l1", "--admin", "/run/ouroboros/admin.sock"]);
 * assert.equal(settings.name, "l1");
 * assert.throws(() => ipcpdSettings([]), /started by the IRMd/);
 * ```
 */
export function ipcpdSettings(words: readonly string[]): IpcpdSettings {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) throw new InvalidError(`${BY_HAND}\n${parsed.fault ?? ""}`.trimEnd());
  const { options: { name, admin, stdout, plugin: plugins }, operands: [type] } = parsed;
  if (!type || !name || !admin) throw new InvalidError(BY_HAND);
  return { type, name, admin, stdout, plugins };
}
