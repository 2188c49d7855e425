/**
 * Reads a command line that has types of IPCPs or options of plugins in it: asks the IRMd which plugins there are.
 *
 * @module
 */
import { InvalidError, PluginError } from "../../contract/errors.ts";
import { checkOptions } from "../../registry/check_options.ts";
import type { Found } from "../grammar/parse/find.ts";
import { parseCommand, type Parsed } from "../grammar/parse/parse.ts";
import { type Declarations, pluginsOf } from "../grammar/parse/plugins.ts";
import type { Request } from "../grammar/parse/read_command.ts";
import type { Environment } from "./environment.ts";
import { knownPlugins } from "./known_plugins.ts";
import { readIpcps } from "./results.ts";

/** Reads the words of a command. An IPCP whose type was not given is looked up. */
export async function readWithPlugins(found: Found, environment: Environment): Promise<Parsed> {
  const plugins = (await knownPlugins(environment)).map(({ declaration }) => declaration);
  const parsed = parseCommand(found, plugins);
  if (parsed.kind === "request") return checked(parsed, plugins);
  if (parsed.kind !== "typeless") return parsed;
  const ipcps = readIpcps(await environment.call("ipcp.list", { name: parsed.name }));
  const ipcp = ipcps.find(({ name }) => name === parsed.name);
  if (!ipcp) return parsed;
  const again = parseCommand({ ...found, words: ["type", ipcp.type, ...found.words] }, plugins);
  return again.kind === "request" ? checked(again, plugins) : again;
}

/** The same checks as those of the IRMd, for a quick answer. */
function checked(request: Request, plugins: Declarations): Parsed {
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
