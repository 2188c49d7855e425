/**
 * `irmd`: the IRM daemon as a process.
 *
 * @module
 */
import { parseCommandLine } from "../tools/command_line.ts";
import { type Role, STANDARD_OPTIONS, type Tool, type ToolOption } from "../tools/tool.ts";

const OPTIONS = [
  { long: "config", value: "path", help: "Path to configuration file" },
  { long: "plugin", value: "file", repeated: true, help: "Load a plugin; may be given several times" },
  { long: "forget", help: "Start without what was bound and registered before" },
  { long: "rib", value: "folder", help: "Mount what IPCPs know and count at this folder" },
  { long: "stdout", help: "Log to stdout instead of system log" },
] as const satisfies readonly ToolOption[];

/** What command line, help, manual page and completion tell of it. */
export const TOOL: Tool<typeof OPTIONS> = {
  name: "irmd",
  description: "Manages the names, programs, processes and IPC processes of one system.",
  options: OPTIONS,
  usage: usage([...OPTIONS, STANDARD_OPTIONS[0]]),
  page: async () => (await import("./page.ts")).irmdPage(TOOL),
};

/** Returns the usage text in the form of the reference. */
function usage(options: readonly ToolOption[]): string {
  return [
    "Usage: irmd",
    ...options.map(({ long, value, help }) => {
      const word = value === undefined ? `--${long}` : `--${long} <${value}>`;
      return `         [${word.padEnd(9)} (${help})]`;
    }),
    "\n",
  ].join("\n");
}

/** Runs the daemon until it is told to stop. */
export const run: Role = async (words, context) => {
  const parsed = parseCommandLine(TOOL, words[0] === "help" ? ["--help"] : words);
  if (!parsed.ok) {
    if (parsed.fault !== undefined) console.error(`irmd: ${parsed.fault}`);
    console.log(parsed.usage.slice(0, -1));
    return parsed.status;
  }
  const { runDaemon } = await import("./daemon.ts");
  return await runDaemon(parsed.options, context);
};
