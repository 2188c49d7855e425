/**
 * `ouro plugind`: third parties' plugins of the IRMd, in a process without rights.
 *
 * @module
 */
import { messageOf } from "../../contract/errors.ts";
import type { Log } from "../../contract/ports.ts";
import { systemTimers } from "../../os/clock.ts";
import { giveUpRights, readInput, writeOutput } from "../../os/process/line_child.ts";
import { startWatchdog } from "../../os/process/watchdog.ts";
import { faultReports } from "../../registry/guard/fault_reports.ts";
import { PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { Registry } from "../../registry/registry.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Role, Tool } from "../../tools/tool.ts";
import { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { pluginServer } from "./plugin_server.ts";

/** What command line, help, manual page and completion tell of it. */
export const TOOL = {
  name: "plugind",
  command: "ouro plugind",
  description: "Runs third parties' plugins for the IRMd, which starts it.",
  options: [],
} as const satisfies Tool;

/** Answers the IRMd until it is gone. */
export const run: Role = async (words, { builtins, watchdog: module }) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) {
    console.log(parsed.usage.trimEnd());
    return parsed.status;
  }
  const peer = new RpcPeer(writeOutput, systemTimers, {
    request: (method, params, reply, id) => server.request(method, params, reply, id),
    notification: () => {},
  });
  const notify = (method: string, params: unknown) => peer.notify(method, params);
  const log = forwardedLog(notify);
  // The standard output is not a plugin's.
  for (const level of ["log", "info", "debug", "warn", "error"] as const) {
    console[level] = (...said: unknown[]) => log.info(said.map(messageOf).join(" "));
  }
  const watchdog = startWatchdog(module, undefined, TOOL.name, (thrown) => guard.uncaught(thrown));
  const guard = new PluginGuard(log, { cells: watchdog.cells });
  guard.onFault = faultReports(systemTimers, notify);
  const registry = new Registry(log, guard);
  for (const builtin of await builtins()) registry.addBuiltin(builtin);
  const server = pluginServer(registry, systemTimers, () => giveUpRights(["read", "import"]));
  giveUpRights(["run", "net", "ffi", "write", "env", "sys"]);
  notify("ready", {});
  await readInput((line) => peer.handleLine(line));
  return watchdog.exit(0);
};

/** A log whose lines the IRMd writes. */
function forwardedLog(notify: (method: string, params: unknown) => void): Log {
  const line = (level: string) => (text: string) => notify("log", { level, text });
  const log: Log = {
    error: line("error"),
    warning: line("warning"),
    info: line("info"),
    debug: line("debug"),
    component: () => log,
  };
  return log;
}
