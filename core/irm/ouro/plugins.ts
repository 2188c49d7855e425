/**
 * `ouro plugins`: lists plugins with their kinds, origins and options.
 *
 * @module
 */
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import type { ListedPlugin } from "../../registry/registry.ts";
import { formatRows, leftWidth, type Row } from "../../tools/columns.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Environment } from "../../tools/environment.ts";
import type { Role, RoleContext, Tool } from "../../tools/tool.ts";
import { optionHelp, optionWords, synopsisOf } from "../grammar/help/keywords.ts";
import { pluginsOf } from "../grammar/parse/plugins.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { knownPlugins } from "../run/plugin_source.ts";
import { withSystem } from "../run/system_environment.ts";

const WIDEST = 30;

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "plugins",
  command: "ouro plugins",
  description: "Lists the plugins of the running IRMd, or the built-in ones where none runs.",
  options: [
    {
      long: "plugin",
      value: "file",
      repeated: true,
      help: "List the plugins of this file, without the IRMd; may be given several times",
    },
    { long: "json", help: "The declarations as JSON; as JSON is the same" },
  ],
} as const satisfies Tool;

/**
 * Lists the plugins of the running IRMd, or the built-in ones where none runs. With `--plugin FILE` it lists those of the files,
 * loaded beside the built-in ones, without the IRMd: so a file can be tried before a daemon gets it.
 */
export const runPlugins = reported(
  "ouro plugins",
  async (words, environment, context: Pick<RoleContext, "builtins" | "watchdog">) => {
    const parsed = parseCommandLine(TOOL, words);
    if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
    const { plugin: files, json } = parsed.options;
    const plugins = files.length === 0
      ? await knownPlugins(environment)
      : await withFiles(context, files, environment);
    const wanted = files.length === 0 ? plugins : plugins.filter(({ origin }) => files.includes(origin));
    if (json) environment.print(JSON.stringify(wanted.map(flat), null, 2));
    else environment.print(listOf(wanted, plugins).join("\n"));
    return 0;
  },
);

async function withFiles(
  context: Pick<RoleContext, "builtins" | "watchdog">,
  files: readonly string[],
  environment: Environment,
): Promise<readonly ListedPlugin[]> {
  const { openRegistry } = await import("../../registry/open_registry.ts");
  const { underWatch } = await import("../plugin/watched.ts");
  return await underWatch(
    context,
    "ouro plugins",
    environment,
    async ({ log, ...options }) => (await openRegistry(context.builtins, files, log, options)).declarations(),
  );
}

/** As the IRMd answers: without the codes of wire formats. */
const flat = ({ declaration: { code: _, ...declaration }, origin, faults }: ListedPlugin) => ({
  ...declaration,
  origin,
  faults,
});

/** @param all may be named by options */
function listOf(wanted: readonly ListedPlugin[], all: readonly ListedPlugin[]): string[] {
  const declarations = all.map(({ declaration }) => declaration);
  const parts = PLUGIN_KINDS.flatMap((kind) => {
    const lines = pluginsOf(declarations, kind).flatMap((plugin) => {
      const listed = wanted.find(({ declaration }) => declaration === plugin);
      if (!listed) return [];
      const { origin, faults } = listed;
      const version = plugin.version === undefined ? "" : `, version ${plugin.version}`;
      const from = `${origin}${version}${faults === undefined ? "" : `; ${faults}`}`;
      return pluginLines(plugin, from, declarations);
    });
    return lines.length === 0 ? [] : [["", `${kind}:`, ...lines]];
  });
  return parts.flat().slice(1);
}

function pluginLines(
  { name, aliases = [], description, options }: PluginDeclaration,
  origin: string,
  all: readonly PluginDeclaration[],
): string[] {
  const also = aliases.length === 0 ? "" : `, also ${aliases.join(", ")}`;
  const rows: Row[] = options.map((option) => [synopsisOf(optionWords(option)), optionHelp(option, all)]);
  return [
    ...formatRows([[name, `${description} (${origin}${also})`]], 4, 14),
    ...formatRows(rows, 8, leftWidth(rows, WIDEST)),
  ];
}

/** Runs it. */
export const run: Role = withSystem(runPlugins);
