/**
 * Which program a process runs, as far as the kernel tells.
 *
 * @module
 */
import type { Pid } from "../../contract/ids.ts";

/** Words of a command line that may name a script. */
const MAX_WORDS = 32;
/** First bytes of a program that the kernel runs by itself. */
const ELF = "\x7fELF";

/**
 * Returns whether a process runs the program in that file: as its executable, or as the script of an interpreter. Undefined where that
 * cannot be told: the process is hidden, the file is not there, has several names of which the process says which one it is,
 * or is a script, which may have handed over to another program with exec.
 */
export function runsFile(of: Pid, path: string): boolean | undefined {
  const file = look(path);
  const executable = look(`/proc/${of}/exe`);
  if (!file || !executable) return undefined;
  const link = read(() => Deno.readLinkSync(`/proc/${of}/exe`))?.replace(/ \(deleted\)$/, "");
  // Of a file that was replaced there is only the path.
  if (isSame(executable, file) || link === path) return baseOf(link) === baseOf(path) ? true : undefined;
  const words = read(() => Deno.readTextFileSync(`/proc/${of}/cmdline`))?.split("\0") ?? [];
  const script = words.slice(0, MAX_WORDS).some((word) => {
    if (baseOf(word) !== baseOf(path)) return false;
    return isSame(look(word.startsWith("/") ? word : `/proc/${of}/cwd/${word}`), file);
  });
  return script || (isElf(path) ? false : undefined);
}

const baseOf = (path: string | undefined): string | undefined => path?.slice(path.lastIndexOf("/") + 1);

const isSame = (one: Deno.FileInfo | undefined, other: Deno.FileInfo): boolean =>
  one !== undefined && one.dev === other.dev && one.ino === other.ino;

const look = (path: string): Deno.FileInfo | undefined => read(() => Deno.statSync(path));

function isElf(path: string): boolean {
  const start = new Uint8Array(4);
  return read(() => {
    using file = Deno.openSync(path);
    file.readSync(start);
    return String.fromCharCode(...start) === ELF;
  }) ?? false;
}

/** What cannot be read is not known: processes end, and may be hidden. */
function read<T>(reading: () => T): T | undefined {
  try {
    return reading();
  } catch {
    return undefined;
  }
}
