/**
 * Loads plugins from a third party's file.
 *
 * @module
 */
import { messageOf, PluginError } from "../contract/errors.ts";
import type { AnyPlugin } from "../contract/plugin.ts";
import type { Timer, Timers } from "../contract/ports.ts";
import { checkPlugin } from "./check_plugin.ts";
import { withoutStyles } from "./guard/describe.ts";
import { forbiddenImport, forbidNetwork, refuseNetwork } from "./refuse_network.ts";

/** The code that takes types away is large: only a compiled file holds it, bundled, at this place beside its entry point. */
const WITHOUT_TYPES = "./core/registry/without_types/import_without_types.js";

type WithoutTypes = typeof import("./without_types/import_without_types.ts");

/** What is looked at of a module. */
type PluginModule = { default?: unknown };

/** A folder is a plugin by one of these files. */
const ENTRIES = ["mod.ts", "mod.js"];

/** A file that is not loaded after so many milliseconds waits for something that does not come. */
const LOAD_WITHIN = 4000;

/**
 * Imports a module whose default export is a plugin or a list of plugins.
 *
 * @param path of the file, or of a folder with `mod.ts` or `mod.js`; relative to the working directory
 * @param timers limits how long it may take
 * @throws PluginError naming the file: it is not there, does not parse, throws, waits for ever, or exports something else
 */
export async function loadPluginFile(path: string, timers?: Timers): Promise<AnyPlugin[]> {
  const { default: exported } = await importFile(path, timers);
  const found = Array.isArray(exported) ? exported : [exported];
  if (exported === undefined || found.length === 0) {
    throw new PluginError(
      `plugin file ${path} must have a plugin, or a list of plugins, as its default export`,
    );
  }
  return found.map((value) => checkPlugin(value, path));
}

/** Imports a file of a third party. @throws PluginError as {@link loadPluginFile} */
export async function importFile(path: string, timers?: Timers): Promise<PluginModule> {
  let limit: Timer | undefined;
  const late = new Promise<never>((_, reject) => {
    const text =
      `plugin file ${path} cannot be loaded: it waits for something that has not come for ${LOAD_WITHIN} ms`;
    limit = timers?.after(LOAD_WITHIN, () => reject(new PluginError(text)));
  });
  return await Promise.race([importModule(path), late]).finally(() => limit?.cancel());
}

/** Imports the whole module, not its export: what a promise is resolved with is asked for a method `then`, and may throw at that. */
async function importModule(path: string): Promise<PluginModule> {
  const url = fileUrl(entryOf(path));
  refuseNetwork(path, url);
  forbidNetwork();
  try {
    return await import(url);
  } catch (cause) {
    // A program of one compiled file may be on a runtime that takes TypeScript for JavaScript. Before a syntax error nothing has run.
    if (Deno.build.standalone && cause instanceof SyntaxError) {
      return await importTypeScript(path, url, cause);
    }
    const why = whyUnreadable(path) ?? reason(cause);
    throw new PluginError(`plugin file ${path} cannot be loaded: ${why}`, { cause });
  }
}

async function importTypeScript(path: string, url: string, first: SyntaxError): Promise<PluginModule> {
  try {
    const { importWithoutTypes }: WithoutTypes = await import(new URL(WITHOUT_TYPES, Deno.mainModule).href);
    return await importWithoutTypes(url);
  } catch (cause) {
    const tried = `as TypeScript, ${reason(cause)}; as JavaScript, ${oneLine(first.message)}`;
    throw new PluginError(`plugin file ${path} cannot be loaded: ${tried}`, { cause });
  }
}

/** Returns the file that a path means: of a folder, the one that is its plugin. */
export function entryOf(path: string): string {
  const kindOf = (of: string): Deno.FileInfo | undefined => {
    try {
      return Deno.statSync(of);
    } catch {
      return undefined; // What keeps it from being read is told when it is.
    }
  };
  if (!kindOf(path)?.isDirectory) return path;
  const folder = path.replace(/\/+$/, "");
  return ENTRIES.map((name) => `${folder}/${name}`).find((file) => kindOf(file)?.isFile) ?? path;
}

/** Returns the address of a file, with every character that means something in an address escaped. */
export function fileUrl(path: string): string {
  const whole = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  return new URL(whole.split("/").map(encodeURIComponent).join("/"), "file:///").href;
}

/** Says why the file itself cannot be read, in place of what a runtime says of that; undefined when it can. */
function whyUnreadable(path: string): string | undefined {
  try {
    if (Deno.statSync(path).isDirectory) return `it is a folder without ${ENTRIES.join(" or ")}`;
    Deno.readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.PermissionDenied) return "this user may not read it";
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return noFile(path) ?? "there is no such file";
    }
    // A process that may not even look has the runtime's words.
  }
}

/** Says what to do with something that is loaded from elsewhere than a file, where that is meant; a daemon has made a path of it. */
function noFile(path: string): string | undefined {
  const [, name, scheme] = /(?:^|\/)((npm|jsr|https?|file):.*)$/.exec(path) ?? [];
  switch (scheme) {
    case undefined:
      return undefined;
    case "npm":
    case "jsr":
      return `it is a package, and plugins are files of this host; make one with: deno bundle -o plugin.js ${name}`;
    case "file":
      return "give its path, without file:";
    default:
      return "it is an address, and plugins are files of this host; download it";
  }
}

function reason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return withoutStyles(`it throws ${messageOf(thrown)}`);
  const forbidden = forbiddenImport(thrown.message);
  if (forbidden !== undefined) {
    return `it imports from ${forbidden} while it is loaded; make one file of all that it needs with: deno bundle -o plugin.js FILE`;
  }
  const code: unknown = Reflect.get(thrown, "code");
  const loading = code === "ERR_MODULE_NOT_FOUND" || thrown instanceof SyntaxError;
  return loading ? oneLine(thrown.message) : withoutStyles(`it throws ${thrown.name}: ${messageOf(thrown)}`);
}

/** Takes the lines away in which a runtime quotes the file: a log has one line for a message. */
const oneLine = (message: string): string =>
  withoutStyles(message).split("\n").filter((line) => !/^\s*(\d+ )?\|/.test(line)).map((line) => line.trim())
    .join(" ");
