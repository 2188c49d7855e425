/**
 * Files that users name.
 *
 * @module
 */

/** Returns the text of a file. */
export const readText = (path: string): Promise<string> => Deno.readTextFile(path);

/** Creates a file to write, in place of one that is there. */
export const createFile = (path: string): Promise<Deno.FsFile> =>
  Deno.open(path, { write: true, create: true, truncate: true });
