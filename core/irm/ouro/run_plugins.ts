/**
 * Runs `ouro plugins`: lists plugins with their kinds, origins and options.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Log } from "../../contract/ports.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import type { Builtins } from "../../registry/builtins.ts";
import { formatRows, leftWidth, type Row } from "../grammar/help/columns.ts";
import { optionHelp, optionWords, synopsisOf } from "../grammar/help/keywords.ts";
import { quote } from "../grammar/parse/fault.ts";
import { pluginsOf } from "../grammar/parse/plugins.ts";
import type { Environment, ListedPlugin } from "../run/environment.ts";
import { knownPlugins } from "../run/known_plugins.ts";
import { printError, printFault } from "../run/print_fault.ts";

const WIDEST = 30;

/**
 * Lists the plugins of the running IRMd, or the built-in ones where none runs. With `--plugin FILE` it lists the built-in
 * ones and those of the files, without the IRMd: so a file can be tried before a daemon gets it.
 */
export async function runPlugins(
  words: readonly string[],
  builtins: Builtins,
  environment: Environment,
): Promise<number> {
  const files: string[] = [];
  let json = false;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = rest[0];
    if (word === "--plugin" && value !== undefined) files.push(rest.shift() ?? "");
    else if (word === "as" && value?.toUpperCase() === "JSON") json = rest.shift() !== undefined;
    else if (["help", "usage", "--help", "-h"].includes(word)) {
      environment.print("Usage: ouro plugins [--plugin FILE] ... [as JSON]");
      return 0;
    } else return await fault(word, value, environment);
  }
  try {
    const plugins = files.length === 0
      ? await knownPlugins(environment)
      : await withFiles(builtins, files, environment);
    if (json) environment.print(JSON.stringify(plugins.map(flat), null, 2));
    else environment.print(listOf(plugins).join("\n"));
    return 0;
  } catch (thrown) {
    return printError(asOuroError(thrown), "ouro plugins", undefined, environment);
  }
}

function fault(word: string, value: string | undefined, environment: Environment): Promise<number> {
  const valid = word === "as" ? ["JSON"] : word === "--plugin" ? ["the path of a file"] : undefined;
  if (!valid) {
    const message = `${quote(word)} is unknown, try "ouro help plugins".`;
    return printFault({ kind: "fault", message, word, valid: ["--plugin", "as JSON"] }, environment);
  }
  const message = value === undefined
    ? `${quote(word)} needs a value.`
    : `The form of the output ${quote(value)} is unknown.`;
  return printFault({ kind: "fault", message, valid }, environment);
}

async function withFiles(
  builtins: Builtins,
  files: readonly string[],
  environment: Environment,
): Promise<readonly ListedPlugin[]> {
  const { openRegistry } = await import("../../registry/open_registry.ts");
  return (await openRegistry(builtins, files, logTo(environment))).declarations();
}

function logTo(environment: Environment): Log {
  const log: Log = {
    error: (text) => environment.complain(text),
    warning: (text) => environment.complain(text),
    info: () => {},
    debug: () => {},
    component: () => log,
  };
  return log;
}

const flat = ({ declaration, origin }: ListedPlugin) => ({ ...declaration, origin });

function listOf(plugins: readonly ListedPlugin[]): string[] {
  const declarations = plugins.map(({ declaration }) => declaration);
  return PLUGIN_KINDS.flatMap((kind) => {
    const ofKind = pluginsOf(declarations, kind);
    if (ofKind.length === 0) return [];
    return [
      ...kind === "ipcp" ? [] : [""],
      `${kind}:`,
      ...ofKind.flatMap((plugin) => {
        const origin = plugins.find(({ declaration }) => declaration === plugin)?.origin ?? "";
        return pluginLines(plugin, origin, declarations);
      }),
    ];
  });
}

function pluginLines(
  { name, aliases = [], description, planned, options }: PluginDeclaration,
  origin: string,
  all: readonly PluginDeclaration[],
): string[] {
  const also = aliases.length === 0 ? "" : `, also ${aliases.join(", ")}`;
  const later = planned === undefined ? "" : `; ${planned}`;
  const rows: Row[] = options.map((option) => [synopsisOf(optionWords(option)), optionHelp(option, all)]);
  return [
    ...formatRows([[name, `${description} (${origin}${also}${later})`]], 4, 14),
    ...formatRows(rows, 8, leftWidth(rows, WIDEST)),
  ];
}
