/**
 * Imports TypeScript where the runtime does not read it: the types of the file and of the files that it imports are taken away here,
 * and what is left becomes `data:` addresses. Nothing is written, so that this works without a folder to write into and in a
 * process that may not write.
 *
 * @module
 */
import { createRequire } from "node:module";
import type { ImportPlace } from "./type_remover.ts";

type TypeRemover = typeof import("./type_remover.ts");

/** A file, and what it imports of other files. */
interface SourceFile {
  readonly url: string;
  /** JavaScript. */
  readonly text: string;
  /** It cannot be imported from where it is: it is TypeScript, or imports such a file. */
  changed: boolean;
  readonly imports: readonly { readonly place: ImportPlace; readonly url: string }[];
}

/**
 * Imports the module of a file.
 *
 * @param url of the file
 * @throws SyntaxError that names the file that cannot be read
 * @throws what the module throws
 */
export async function importWithoutTypes(url: string): Promise<{ default?: unknown }> {
  const files = await readAll(url, await typeRemover());
  return await import(addressOf(files, url, new Map()));
}

async function typeRemover(): Promise<TypeRemover> {
  // For the library only: it is nothing for plugins.
  Reflect.set(globalThis, "require", createRequire(import.meta.url));
  try {
    return await import("./type_remover.ts");
  } finally {
    Reflect.deleteProperty(globalThis, "require");
  }
}

/** Reads a file, and all that it imports by relative paths. */
async function readAll(first: string, remover: TypeRemover): Promise<Map<string, SourceFile>> {
  const files = new Map<string, SourceFile>();
  const wanted = new Map([[first, "it"]]);
  for (const [url, by] of wanted) { // Files that are put there are visited too.
    const file = await readSource(url, by, remover);
    files.set(url, file);
    for (const { url: next } of file.imports) {
      if (isScript(next) && !wanted.has(next)) wanted.set(next, `what ${pathOf(url)} imports`);
    }
  }
  for (let before = -1, now = 0; now !== before;) {
    for (const file of files.values()) {
      file.changed ||= file.imports.some((one) => files.get(one.url)?.changed);
    }
    [before, now] = [now, [...files.values()].filter(({ changed }) => changed).length];
  }
  return files;
}

async function readSource(
  url: string,
  what: string,
  { removeTypes, importPlaces }: TypeRemover,
): Promise<SourceFile> {
  let source: string;
  try {
    source = await Deno.readTextFile(new URL(url));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new SyntaxError(`${what} is not there: Module not found "${url}"`, { cause });
  }
  const typed = /\.m?ts$/.test(url);
  try {
    const text = typed ? removeTypes(source) : source;
    const imports = importPlaces(text)
      .filter(({ specifier }) => /^(\.{0,2}\/|file:)/.test(specifier))
      .map((place) => ({ place, url: new URL(place.specifier, url).href }));
    return { url, text, changed: typed, imports };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`${pathOf(url)}: ${cause.message}`, { cause });
  }
}

/** Returns where to import a file from; `known` holds those that were asked for, and an empty text for those that are being made. */
function addressOf(files: ReadonlyMap<string, SourceFile>, url: string, known: Map<string, string>): string {
  const file = files.get(url);
  if (!file?.changed) return url;
  const before = known.get(url);
  if (before === "") {
    throw new SyntaxError(
      `${pathOf(url)} imports itself by way of others, which only JavaScript can do here`,
    );
  }
  if (before !== undefined) return before;
  known.set(url, "");
  let text = file.text;
  for (const { place, url: imported } of file.imports.toReversed()) {
    const address = JSON.stringify(addressOf(files, imported, known).replaceAll("'", "%27"));
    text = text.slice(0, place.start) + (place.expression ? address : address.slice(1, -1)) +
      text.slice(place.end);
  }
  const module = `import.meta.url = ${JSON.stringify(url)};${text}`;
  const address = `data:text/javascript;base64,${new TextEncoder().encode(module).toBase64()}`;
  known.set(url, address);
  return address;
}

const isScript = (url: string): boolean => /\.m?[jt]s$/.test(url);
const pathOf = (url: string): string => decodeURIComponent(new URL(url).pathname);
