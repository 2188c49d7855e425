/**
 * Files that users name.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { joinBytes } from "../kit/bytes.ts";
import { runtimeError } from "./c/errno.ts";

/** Returns the text of a file. */
export const readText = (path: string): Promise<string> => Deno.readTextFile(path);

/**
 * Returns the text of a file that a user may have named by mistake: a folder, a device, something that is no text.
 *
 * @param most bytes that it may have
 * @throws InvalidError when it has more, is a folder or is not UTF-8
 * @throws OuroError when it is not there or may not be read
 */
export async function readTextUpTo(path: string, most: number): Promise<string> {
  const bytes = await readUpTo(path, most + 1).catch((thrown) =>
    Promise.reject(runtimeError(thrown, `Failed to check path for ${path}`))
  );
  if (bytes.length > most) {
    throw new InvalidError(`Failed to read ${path}: it has more than ${most} bytes; is it the right file?`);
  }
  const text = decoded(bytes);
  if (text !== undefined) return text;
  throw new InvalidError(`Failed to read ${path}: ${faultyByte(bytes)}; the file must be a text in UTF-8`);
}

async function readUpTo(path: string, most: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const parts: Uint8Array[] = [];
  for (let left = most; left > 0;) {
    const part = new Uint8Array(Math.min(left, 65_536));
    const length = await file.read(part);
    if (length === null) break;
    parts.push(part.subarray(0, length));
    left -= length;
  }
  return joinBytes(...parts);
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Says where bytes that are not UTF-8 begin not to be. */
function faultyByte(bytes: Uint8Array): string {
  let line = 1;
  for (let begin = 0; begin < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, begin);
    const part = bytes.subarray(begin, end < 0 ? bytes.length : end);
    if (decoded(part) === undefined) {
      const column = [...new TextDecoder().decode(part)].indexOf("\ufffd") + 1;
      return `line ${line}, column ${column}: this is not UTF-8`;
    }
    begin += part.length + 1;
  }
  return "this is not UTF-8";
}

/** Creates a file to write, in place of one that is there. */
export const createFile = (path: string): Promise<Deno.FsFile> =>
  Deno.open(path, { write: true, create: true, truncate: true });

/** A file to which lines are added. */
export interface AppendedFile {
  /** Writes all of a text. */
  write(text: string): Promise<void>;
  /** Nothing more is written. */
  close(): void;
}

/**
 * Opens a file to go on writing it, or creates it.
 *
 * @param length bytes of it that stay
 * @throws OuroError when it cannot be written
 */
export async function appendTo(path: string, length: number): Promise<AppendedFile> {
  const fault = (thrown: unknown) => runtimeError(thrown, `cannot write ${path}`);
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { write: true, create: true });
    await file.truncate(length);
    await file.seek(0, Deno.SeekMode.End);
  } catch (thrown) {
    throw fault(thrown);
  }
  return {
    write: async (text) => {
      const bytes = new TextEncoder().encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      } catch (thrown) {
        throw fault(thrown);
      }
    },
    close: () => file.close(),
  };
}

/** Makes a folder, and those above it, for this user alone. */
export const makeFolder = (path: string): Promise<void> => Deno.mkdir(path, { recursive: true, mode: 0o700 });

/** Writes a file, in place of one that is there. */
export const writeText = (path: string, text: string): Promise<void> => Deno.writeTextFile(path, text);

/** Removes a folder with all that is in it. */
export const removeFolder = (path: string): Promise<void> => Deno.remove(path, { recursive: true });

/** Returns the names of what is in a folder; none where there is no such folder. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}
