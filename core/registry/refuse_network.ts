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
 * Looks through a file and the files that it imports by path. It finds addresses that are written as a literal.
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

function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(new URL(file));
  } catch {
    return ""; // The import itself tells why a file cannot be read.
  }
}
