/**
 * Which plugins there are: those of the running IRMd, else those that are built in. Command lines that have types of
 * IPCPs or options of plugins in them are read with these.
 *
 * @module
 */
import { InvalidError, IrmdError, PermissionError, PluginError } from "../../contract/errors.ts";
import { checkOptions } from "../../registry/check_options.ts";
import { readDeclaration } from "../../registry/check_plugin.ts";
import type { ListedPlugin } from "../../registry/registry.ts";
import type { Environment } from "../../tools/environment.ts";
import { type Fields, fieldsOf, flag, integer, optional, text } from "../../wire/local/fields.ts";
import type { Found } from "../grammar/parse/find.ts";
import { parseCommand, type Parsed } from "../grammar/parse/parse.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";
import type { Request } from "../grammar/command.ts";
import { readIpcps, readRows } from "../commands/lists.ts";

const MAX_PATH = 4096;

/** Plugins, and why those of the IRMd are not among them, when they are not. */
interface Known {
  readonly plugins: readonly ListedPlugin[];
  readonly refusal?: IrmdError | PermissionError;
}

/** Asks the IRMd; without one, or without the right to ask, gives the built-in ones. */
export const knownPlugins = async (environment: Environment): Promise<readonly ListedPlugin[]> =>
  (await known(environment)).plugins;

async function known(environment: Environment): Promise<Known> {
  try {
    return { plugins: readPlugins(await environment.call("plugins.list", {})) };
  } catch (thrown) {
    if (!(thrown instanceof IrmdError || thrown instanceof PermissionError)) throw thrown;
    return { plugins: await environment.builtins(), refusal: thrown };
  }
}

/** Returns the declarations of these plugins. */
export const knownDeclarations = async (environment: Environment): Promise<Declarations> =>
  (await knownPlugins(environment)).map(({ declaration }) => declaration);

/** Reads the words of a command. An IPCP whose type was not given is looked up. */
export async function readWithPlugins(found: Found, environment: Environment): Promise<Parsed> {
  const { plugins, refusal } = await known(environment);
  const parsed = await readBy(plugins.map(({ declaration }) => declaration), found, environment);
  // What is missing is missing whatever plugins there are.
  if (parsed.kind !== "fault" || !refusal || parsed.usage && parsed.word === undefined) return parsed;
  return { ...parsed, note: `Only built-in plugins are known: ${refusal.message}` };
}

async function readBy(plugins: Declarations, found: Found, environment: Environment): Promise<Parsed> {
  const parsed = parseCommand(found, plugins);
  if (parsed.kind === "request") return checkedRequest(parsed, plugins);
  if (parsed.kind !== "typeless") return parsed;
  const ipcps = readIpcps(await environment.call("ipcp.list", { name: parsed.name }));
  const ipcp = ipcps.find(({ name }) => name === parsed.name);
  if (!ipcp) return parsed;
  const again = parseCommand({ ...found, words: ["type", ipcp.type, ...found.words] }, plugins);
  return again.kind === "request" ? checkedRequest(again, plugins) : again;
}

/** Checks a request as the IRMd does, for a quick answer. */
function checkedRequest(request: Request, plugins: Declarations): Parsed {
  const { type, options } = request.params;
  const declaration = pluginsOf(plugins, "ipcp").find(({ name }) => name === type);
  if (!request.command.takesOptions || !declaration) return request;
  try {
    checkOptions(declaration.options, textsOf(options), (kind) => pluginsOf(plugins, kind));
    return request;
  } catch (thrown) {
    if (!(thrown instanceof InvalidError || thrown instanceof PluginError)) throw thrown;
    return { kind: "fault", message: thrown.message };
  }
}

const textsOf = (options: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(options ?? {}).map(([name, text]) => [name, String(text)]));

/**
 * Reads the result of `plugins.list`, with the checks that a plugin's file gets, too.
 *
 * @throws ProtocolError when it is none
 */
export function readPlugins(result: unknown): ListedPlugin[] {
  return readRows(result, (from, key) => {
    const fields = fieldsOf(from[key], key);
    return {
      origin: text(fields, "origin", MAX_PATH),
      declaration: readDeclaration(fields),
      faults: optional(fields, "faults", (of) => faultsOf(of)),
    };
  });
}

function faultsOf(fields: Fields): string {
  const count = integer(fields, "faults", 0, Number.MAX_SAFE_INTEGER);
  const out = optional(fields, "outOfUse", flag) ? ", out of use" : "";
  return `${count} ${count === 1 ? "fault" : "faults"}${out}, the last in ${
    text(fields, "lastFault", MAX_PATH)
  }`;
}
