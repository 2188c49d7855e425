/**
 * Refuses plugin files that import something from the network, before anything of them runs.
 *
 * @module
 */
import { PluginError } from "../contract/errors.ts";
import { sourcesOf } from "./plugin_sources.ts";

const NETWORK = /^(?:npm|jsr|https?):/i;

/**
 * Looks through a file and the files that it imports by path. It finds addresses that are written as a literal, with their lines;
 * {@link forbidNetwork} is for all others.
 *
 * @param path as its user wrote it
 * @param url of its file
 * @throws PluginError naming file, line and what to do
 */
export function refuseNetwork(path: string, url: string): void {
  for (const { url: file, text, imports } of sourcesOf(url)) {
    const found = imports.find(({ specifier }) => NETWORK.test(specifier));
    if (!found) continue;
    const line = text.slice(0, found.end).split("\n").length;
    throw new PluginError(
      `plugin file ${path} cannot be loaded: ${decodeURIComponent(new URL(file).pathname)}:${line} imports ` +
        `${found.specifier}, and plugins load nothing from the network; copy it beside the plugin, or make one file of both ` +
        "with: deno bundle -o plugin.js FILE",
    );
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
