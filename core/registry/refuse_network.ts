/**
 * Refuses plugin files that import something from the network, before anything of them runs.
 *
 * @module
 */
import { PluginError } from "../contract/errors.ts";

/** An import or export whose source is a literal; there may be comments before the literal. */
const IMPORTS = /\b(?:from|import)(?:\s|\(|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*(["'`])([^"'`\n]+)\1/g;
const NETWORK = /^(?:npm|jsr|https?):/i;
const FILE = /^(?:\.{0,2}\/|file:)/;

/**
 * Looks through a file and the files that it imports by path. It finds addresses that are written as a literal, with their lines;
 * {@link forbidNetwork} is for all others.
 *
 * @param path as its user wrote it
 * @param url of its file
 * @throws PluginError naming file, line and what to do
 */
export function refuseNetwork(path: string, url: string): void {
  const files = new Set([url]);
  for (const file of files) { // Files that are put there are visited too.
    const text = textOf(file);
    for (const found of text.matchAll(IMPORTS)) {
      const specifier = found[2];
      if (NETWORK.test(specifier)) {
        const line = text.slice(0, found.index + found[0].length).split("\n").length;
        throw new PluginError(
          `plugin file ${path} cannot be loaded: ${
            decodeURIComponent(new URL(file).pathname)
          }:${line} imports ` +
            `${specifier}, and plugins load nothing from the network; copy it beside the plugin, or make one file of both ` +
            "with: deno bundle -o plugin.js FILE",
        );
      }
      if (FILE.test(specifier) && URL.canParse(specifier, file)) files.add(new URL(specifier, file).href);
    }
  }
}

/**
 * Takes the right to import from the network from this process, for good: the runtime refuses addresses that files put together while
 * they run. Packages of npm are no matter of this right, but of `--no-npm`.
 */
export function forbidNetwork(): void {
  // The right has a name that the types do not have.
  Deno.permissions.revokeSync({ name: "import" as Deno.PermissionName });
}

/** What the runtime says of an import that was forbidden, with where it leads. */
const FORBIDDEN = /Requires import access to "([^"]*)"|(npm) specifiers were requested/;

/** Returns what a file has wanted to import, if an error says that it was forbidden. */
export function forbiddenImport(message: string): string | undefined {
  const [, host, npm] = FORBIDDEN.exec(message) ?? [];
  return host ?? npm;
}

function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(new URL(file));
  } catch {
    return ""; // The import itself tells why a file cannot be read.
  }
}
