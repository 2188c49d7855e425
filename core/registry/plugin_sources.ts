/**
 * The texts of a plugin: its file, and those that it imports by path.
 *
 * @module
 */

/** An import or export whose source is a literal; there may be comments before the literal. */
const IMPORTS = /\b(?:from|import)(?:\s|\(|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*(["'`])([^"'`\n]+)\1/g;
const FILE = /^(?:\.{0,2}\/|file:)/;

/** A file of a plugin. */
export interface PluginSource {
  readonly url: string;
  /** Empty when it cannot be read: the import itself tells why. */
  readonly text: string;
  /** What it imports, as it is written there, and where in the text that ends. */
  readonly imports: readonly { readonly specifier: string; readonly end: number }[];
}

/** Goes through a file and the files that it imports by path. It finds paths that are written as a literal. */
export function* sourcesOf(url: string): Generator<PluginSource, void> {
  const files = new Set([url]);
  for (const file of files) { // Files that are put there are visited too.
    const text = textOf(file);
    const imports = text.matchAll(IMPORTS).map((found) => ({
      specifier: found[2],
      end: found.index + found[0].length,
    })).toArray();
    yield { url: file, text, imports };
    for (const { specifier } of imports) {
      if (FILE.test(specifier) && URL.canParse(specifier, file)) files.add(new URL(specifier, file).href);
    }
  }
}

function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(new URL(file));
  } catch {
    return "";
  }
}
